package io.holdfast.tcc.orphan;

import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.orphan.OrphanTable.Undecided;
import io.holdfast.tcc.retry.KnownBranches;
import io.holdfast.tcc.retry.TccActions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.model.GlobalStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends branches whose end nobody asks for. The coordinator checks that a global transaction runs and stores the branch in two steps,
 * without a lock: a branch that is registered just as its transaction times out is in nobody's list. So it is asked about what has
 * been tried for long: whatever it has decided is then decided here, and attempted by the retry scheduler as any other decision.
 *
 * <p>Several instances may look at the same rows: each change is guarded by the state that it starts from. The instance that made
 * it logs it, counts it and, in the transaction of the change, writes a row of {@code tcc_audit}.
 */
public final class OrphanedBranches {

    private static final Logger log = LoggerFactory.getLogger(OrphanedBranches.class);

    private final OrphanTable table;
    private final KnownBranches known;
    private final TccActions actions;
    private final SchemaIdentity schema;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final GlobalTransactions coordinator;
    private final OrphanProperties properties;

    /** Where the next look goes on, so that those which have to wait keep nobody else from being looked at. */
    private @Nullable Undecided last;

    OrphanedBranches(
            OrphanTable table,
            KnownBranches known,
            TccActions actions,
            SchemaIdentity schema,
            FenceMetrics metrics,
            Clock clock,
            GlobalTransactions coordinator,
            OrphanProperties properties) {
        this.table = table;
        this.known = known;
        this.actions = actions;
        this.schema = schema;
        this.metrics = metrics;
        this.clock = clock;
        this.coordinator = coordinator;
        this.properties = properties;
    }

    /**
     * One look at the next page of them.
     *
     * @return how many were decided
     * @throws TransactionException if the coordinator does not answer; the next look begins with the same page
     */
    public synchronized int look() throws TransactionException {
        Instant now = clock.instant();
        List<Undecided> page = table.triedBefore(now.minus(properties.age()), last, properties.batch());
        int decided = 0;
        // Branches of one global transaction have one answer.
        Map<String, GlobalStatus> answers = new HashMap<>();
        for (Undecided branch : page) {
            // Others are left to instances that know their action.
            if (actions.find(branch.action()).isPresent()) {
                String xid = branch.key().xid();
                GlobalStatus status = answers.get(xid);
                if (status == null) {
                    status = coordinator.statusOf(xid);
                    answers.put(xid, status);
                }
                decided += settle(branch, status, now) ? 1 : 0;
            }
        }
        last = page.size() < properties.batch() ? null : page.get(page.size() - 1);
        return decided;
    }

    private boolean settle(Undecided branch, GlobalStatus status, Instant now) {
        // Without a context only the coordinator can end it, and it still may.
        boolean overdue = branch.context() != null
                && Duration.between(branch.triedAt(), now).compareTo(properties.deliveryTimeout()) >= 0;
        return switch (status) {
            // Running; or a person has stopped it; or nothing follows from the answer.
            case Begin, UnKnown, Deleting, StopCommitOrCommitRetry, StopRollbackOrRollbackRetry -> false;
            case Committing, CommitRetrying, AsyncCommitting ->
                overdue && decide(branch, Decision.CONFIRM, status, now);
            case Rollbacking, RollbackRetrying, TimeoutRollbacking, TimeoutRollbackRetrying ->
                overdue && decide(branch, Decision.CANCEL, status, now);
            case Committed, CommitFailed, CommitRetryTimeout -> decide(branch, Decision.CONFIRM, status, now);
            case Rollbacked, TimeoutRollbacked, RollbackFailed, TimeoutRollbackFailed, RollbackRetryTimeout ->
                decide(branch, Decision.CANCEL, status, now);
            case Finished -> settleForgotten(branch, now);
        };
    }

    /**
     * It is over, and the coordinator does not know any more how it ended. Had it been committed, every branch in its list would have
     * been confirmed by somebody, and nobody but a service on this schema confirms a branch that bears its identity. So the branch was
     * in no list; what bears no identity may have been confirmed by another service, and is left to a person.
     */
    private boolean settleForgotten(Undecided branch, Instant now) {
        String context = branch.context();
        if (context == null || !schema.id().equals(ActionContexts.schemaIn(context))) {
            return leave(
                    branch,
                    GlobalStatus.Finished,
                    now,
                    "it bears no identity of this schema, so another service may have confirmed it");
        }
        if (table.knowsOfACommit(branch.key().xid())) {
            return leave(branch, GlobalStatus.Finished, now, "another branch of its transaction was committed here");
        }
        return decide(branch, Decision.CANCEL, GlobalStatus.Finished, now);
    }

    private boolean decide(Undecided branch, Decision decision, GlobalStatus status, Instant now) {
        if (branch.context() == null) {
            return leave(branch, status, now, "its context is not known here, so it cannot be ended from its row");
        }
        String why = "The coordinator says %s, and did not ask for the end of this branch; %s is decided from that"
                .formatted(status, decision);
        boolean decided =
                switch (decision.operation()) {
                    case CONFIRM -> table.confirm(branch, now, why);
                    case CANCEL -> table.cancel(branch, now, why);
                };
        if (!decided) {
            return false;
        }
        metrics.orphan(branch.action(), decision.tag());
        log.error(
                "ALARM {} was tried at {}, and nobody asked for its end; the coordinator says {} of its global transaction. Its {}"
                        + " is decided from that and due now, {}",
                branch.action(),
                branch.triedAt(),
                status,
                decision,
                branch.key());
        known.changed(branch.key());
        return true;
    }

    private boolean leave(Undecided branch, GlobalStatus status, Instant now, String why) {
        String reason =
                "The coordinator says %s, and did not ask for the end of this branch; %s. A person has to end it"
                        .formatted(status, why);
        if (table.leave(branch, now, reason)) {
            metrics.orphan(branch.action(), "left");
            log.error("ALARM {} was tried at {}. {}, {}", branch.action(), branch.triedAt(), reason, branch.key());
        }
        return false;
    }
}

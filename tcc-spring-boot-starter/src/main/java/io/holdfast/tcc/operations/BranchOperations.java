package io.holdfast.tcc.operations;

import io.holdfast.tcc.fence.AuditEntry;
import io.holdfast.tcc.fence.AuditOperation;
import io.holdfast.tcc.fence.BacklogEntry;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceRow;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.retry.KnownBranches;
import io.holdfast.tcc.retry.PausedActions;
import io.holdfast.tcc.retry.TccActions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people may see of branches that are not finished, and do about them. Whatever they do leaves a row in {@code tcc_audit},
 * written in the same transaction.
 */
public final class BranchOperations {

    private static final Logger log = LoggerFactory.getLogger(BranchOperations.class);

    private final FenceTable table;
    private final OperationsTable people;
    private final FenceTransactions transactions;
    private final PausedActions paused;
    private final KnownBranches known;
    private final TccActions actions;
    private final Clock clock;

    BranchOperations(
            FenceTable table,
            OperationsTable people,
            FenceTransactions transactions,
            PausedActions paused,
            KnownBranches known,
            TccActions actions,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.transactions = transactions;
        this.paused = paused;
        this.known = known;
        this.actions = actions;
        this.clock = clock;
    }

    /** The actions that this instance knows. */
    public Set<String> actions() {
        return actions.names();
    }

    public List<BacklogEntry> backlog() {
        return table.backlog(actions.names());
    }

    public List<PausedAction> paused() {
        return people.pausedActions();
    }

    /**
     * Branches in one state, the oldest first.
     *
     * @param action one action, or empty for all that this instance knows
     */
    public List<OpenBranch> branches(BacklogEntry.State state, Optional<String> action, int limit) {
        Set<String> asked = action.map(Set::of).orElseGet(actions::names);
        return asked.isEmpty() ? List.of() : people.openBranches(state, asked, clock.instant(), limit);
    }

    /** The attempts of a branch that failed, the first one first: as many of the first and of the last ones as are kept. */
    public List<FailedAttempt> failedAttempts(String xid, long branchId) {
        return possible(xid) ? people.failedAttempts(xid, branchId) : List.of();
    }

    /** The next attempt is due now, with the delays at their smallest again; a parked branch is attempted again. */
    public OperationResult retry(String xid, long branchId, String who, String reason) {
        BranchKey key = new BranchKey(xid, branchId);
        OperationResult result = inTransaction(() -> {
            Optional<FenceRow> found = find(key);
            if (found.isEmpty()) {
                return OperationResult.notFound("There is no such branch");
            }
            FenceRow row = found.get();
            Decision decision = row.decision();
            if (decision == null || !(row.isScheduled() || row.status() == FenceStatus.PARKED)) {
                return OperationResult.notPossible("It is " + row.status() + ", and no attempt is to be made");
            }
            Instant now = clock.instant();
            if (row.claimedBy() != null && now.isBefore(Objects.requireNonNull(row.nextAttemptAt()))) {
                return OperationResult.notPossible("An attempt is being made at this moment by " + row.claimedBy());
            }
            people.retryNow(key, row.status(), decision, now);
            String action = table.actionOf(key);
            people.audit(
                    new AuditEntry(now, who, AuditOperation.RETRY, action, key, row.status(), decision.open(), reason));
            return OperationResult.done("The next attempt of " + action + " is due now"
                    + (paused.contains(action) ? "; the action is paused, so it waits until that ends" : ""));
        });
        log(AuditOperation.RETRY, key.toString(), who, reason, result);
        known.changed(key);
        return result;
    }

    /**
     * A person has seen to a parked branch by other means: no attempt of it will ever be made, and none of its SQL is run here.
     *
     * @param outcome what it is now: COMMITTED or GIVEN_UP if its Confirm was decided, ROLLBACKED if its Cancel was
     */
    public OperationResult resolve(String xid, long branchId, FenceStatus outcome, String who, String reason) {
        BranchKey key = new BranchKey(xid, branchId);
        OperationResult result = inTransaction(() -> {
            Optional<FenceRow> found = find(key);
            if (found.isEmpty()) {
                return OperationResult.notFound("There is no such branch");
            }
            FenceRow row = found.get();
            if (row.status() != FenceStatus.PARKED) {
                return OperationResult.notPossible("It is " + row.status() + "; only a PARKED branch can be resolved");
            }
            Decision decision = Objects.requireNonNull(row.decision());
            boolean fits = decision == Decision.CONFIRM
                    ? outcome == FenceStatus.COMMITTED || outcome == FenceStatus.GIVEN_UP
                    : outcome == FenceStatus.ROLLBACKED;
            if (!fits) {
                return OperationResult.notPossible("Its decision is " + decision + "; it cannot become " + outcome);
            }
            FenceStatus status = decision == Decision.EMPTY_ROLLBACK ? FenceStatus.SUSPENDED : outcome;
            Instant now = clock.instant();
            people.resolve(key, status, now);
            people.audit(new AuditEntry(
                    now, who, AuditOperation.RESOLVE, table.actionOf(key), key, row.status(), status, reason));
            return OperationResult.done("It is " + status);
        });
        log(AuditOperation.RESOLVE, key.toString(), who, reason, result);
        known.changed(key);
        return result;
    }

    /** From now on no attempts of the action are made, in any instance; new decisions are kept for later. */
    public OperationResult pause(String action, String who, String reason) {
        return change(
                AuditOperation.PAUSE,
                action,
                who,
                reason,
                now -> people.pause(action, now, who, reason),
                "It was paused already");
    }

    /** What is due is attempted again. */
    public OperationResult resume(String action, String who, String reason) {
        return change(
                AuditOperation.RESUME, action, who, reason, now -> people.resume(action), "It was not paused here");
    }

    private OperationResult change(
            AuditOperation operation,
            String action,
            String who,
            String reason,
            Predicate<Instant> change,
            String otherwise) {
        OperationResult result = inTransaction(() -> {
            if (!actions.names().contains(action)) {
                return OperationResult.notFound("This service has no action " + action);
            }
            Instant now = clock.instant();
            if (!change.test(now)) {
                return OperationResult.notPossible(otherwise);
            }
            people.audit(new AuditEntry(now, who, operation, action, null, null, null, reason));
            return OperationResult.done(action + ": " + operation);
        });
        log(operation, action, who, reason, result);
        paused.changed();
        return result;
    }

    private Optional<FenceRow> find(BranchKey key) {
        return possible(key.xid()) ? table.findForUpdate(key) : Optional.empty();
    }

    /** The column is ASCII; MySQL and MariaDB fail to compare it with anything else, and PostgreSQL with a NUL. */
    private static boolean possible(String xid) {
        return xid.indexOf('\0') < 0 && StandardCharsets.US_ASCII.newEncoder().canEncode(xid);
    }

    private OperationResult inTransaction(Supplier<OperationResult> operation) {
        return transactions.ask(operation);
    }

    private static void log(AuditOperation operation, String of, String who, String reason, OperationResult result) {
        log.warn("{} of {} by {} ({}): {}, {}", operation, of, who, reason, result.kind(), result.detail());
    }
}

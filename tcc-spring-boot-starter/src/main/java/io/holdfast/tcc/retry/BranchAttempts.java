package io.holdfast.tcc.retry;

import io.holdfast.tcc.EmptyRollbackHook;
import io.holdfast.tcc.GiveUp;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one attempt to end a branch. It is the same for the first one, which the coordinator asks for, and for every later one, which
 * the branch's row asks for: the call to the outside, with no transaction open; then, in one local transaction, the
 * end of the row and the effect of the action; and if any of it fails, the failure and what follows from it.
 */
final class BranchAttempts {

    private static final Logger log = LoggerFactory.getLogger(BranchAttempts.class);

    private final FenceTable table;
    private final FenceTransactions transactions;
    private final EndedBranches endedBranches;
    private final FailureRecorder failures;
    private final KnownBranches known;
    private final FenceMetrics metrics;
    private final RetryProperties properties;
    private final Clock clock;

    BranchAttempts(
            FenceTable table,
            FenceTransactions transactions,
            EndedBranches endedBranches,
            FailureRecorder failures,
            KnownBranches known,
            FenceMetrics metrics,
            RetryProperties properties,
            Clock clock) {
        this.table = table;
        this.transactions = transactions;
        this.endedBranches = endedBranches;
        this.failures = failures;
        this.known = known;
        this.metrics = metrics;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * The first attempt.
     *
     * @param claim none inside the coordinator's call
     * @param knownOpen whether the branch is known to be tried, and not to have been asked to confirm before
     * @return whether the coordinator need not come again
     */
    boolean first(BranchCall call, Instant decidedAt, Claim claim, boolean knownOpen) {
        Attempt attempt = new Attempt(Decision.of(call.operation()), decidedAt, claim, null);
        try {
            return end(call, attempt, knownOpen);
        } catch (RuntimeException | Error e) {
            Instant token = claim.fix();
            Instant due = token == null ? clock.instant().plus(properties.lease()) : token;
            ScheduledBranch branch = ScheduledBranch.of(call, attempt.decision, decidedAt, due);
            return failures.record(branch, call.bean() instanceof GiveUp, token == null, decidedAt, e);
        }
    }

    /** A later attempt, which a claimed row asks for. It throws nothing. */
    void again(ScheduledBranch branch, TccAction action, Claim claim) {
        Instant startedAt = clock.instant();
        try {
            BranchCall call = action.call(
                    branch.key(),
                    branch.decision(),
                    ActionContexts.read(branch.key(), branch.action(), branch.context()));
            call.bound(() -> end(call, new Attempt(branch.decision(), branch.decidedAt(), claim, branch), false));
        } catch (ClaimLostException e) {
            known.forget(branch.key());
            log.info("An attempt of {} ended after its branch was taken over, {}", branch.action(), branch.key());
        } catch (RuntimeException | Error e) {
            // An Error too, such as a class that is missing: else it would be attempted for ever and never given up.
            Instant token = Objects.requireNonNull(claim.fix());
            failures.record(branch.dueAt(token), action.bean() instanceof GiveUp, false, startedAt, e);
        }
    }

    private boolean end(BranchCall call, Attempt attempt, boolean knownOpen) {
        long start = System.nanoTime();
        if (!askOutside(call, attempt, knownOpen)) {
            return endedBranches.answer(call);
        }
        Instant token = attempt.claim.fix();
        FenceOutcome outcome = transactions.takeEffect(
                status -> token == null ? endUnclaimed(call, attempt) : endClaimed(call, attempt, token));
        if (outcome == null) {
            return endedBranches.answer(call);
        }
        return succeeded(call, attempt, outcome, start);
    }

    /**
     * What has to be done before the local transaction.
     *
     * @return false if the branch has ended meanwhile
     */
    private boolean askOutside(BranchCall call, Attempt attempt, boolean knownOpen) {
        GiveUpReason giveUp = attempt.giveUp();
        if (giveUp != null) {
            giveUpOf(call).beforeGiveUp(call.context(), giveUp);
        } else if (attempt.decision == Decision.CONFIRM && call.bean() instanceof RemoteConfirmStep step) {
            if (attempt.isFirst() && !(knownOpen && step.onlyAsks()) && !endedBranches.isOpen(call.key())) {
                return false;
            }
            step.beforeConfirm(call.context());
        }
        return true;
    }

    /** Nothing of the decision is in the row yet: it has to be TRIED. @return null if it is not */
    private @Nullable FenceOutcome endUnclaimed(BranchCall call, Attempt attempt) {
        BranchKey key = call.key();
        switch (call.operation()) {
            case CONFIRM -> {
                if (!table.commit(key, clock.instant())) {
                    return null;
                }
            }
            case CANCEL -> {
                switch (table.cancel(key, call.action(), clock.instant())) {
                    case NOW -> {}
                    case BEFORE_ITS_TRY -> attempt.decision = Decision.EMPTY_ROLLBACK;
                    case EARLIER -> {
                        return null;
                    }
                }
            }
        }
        return takeEffect(call, attempt);
    }

    /** @return null if the branch has ended, and the coordinator has to be answered */
    private @Nullable FenceOutcome endClaimed(BranchCall call, Attempt attempt, Instant token) {
        FenceStatus end = attempt.giveUp() == null ? attempt.decision.done() : FenceStatus.GIVEN_UP;
        if (!table.finish(call.key(), token, end, clock.instant())) {
            if (attempt.isFirst()) {
                return null;
            }
            throw new ClaimLostException(call.key());
        }
        return takeEffect(call, attempt);
    }

    private FenceOutcome takeEffect(BranchCall call, Attempt attempt) {
        GiveUpReason giveUp = attempt.giveUp();
        if (giveUp != null) {
            giveUpOf(call).giveUp(call.context(), giveUp);
            return FenceOutcome.GIVEN_UP;
        }
        return switch (attempt.decision) {
            case CONFIRM -> {
                call.invoke();
                yield FenceOutcome.COMMITTED;
            }
            case CANCEL -> {
                call.invoke();
                yield FenceOutcome.ROLLED_BACK;
            }
            case EMPTY_ROLLBACK -> {
                if (call.bean() instanceof EmptyRollbackHook hook) {
                    hook.onEmptyRollback(call.context());
                }
                yield FenceOutcome.EMPTY_ROLLBACK;
            }
        };
    }

    private static GiveUp giveUpOf(BranchCall call) {
        if (call.bean() instanceof GiveUp giveUp) {
            return giveUp;
        }
        throw new IllegalStateException(call.action() + " is to be given up, and this version of it does not know how");
    }

    /** @return true: the coordinator need not come again */
    private boolean succeeded(BranchCall call, Attempt attempt, FenceOutcome outcome, long start) {
        metrics.count(call.action(), outcome);
        ScheduledBranch row = attempt.row;
        if (row == null) {
            metrics.ended(call.action(), outcome, Duration.ofNanos(System.nanoTime() - start));
            log.debug("{} of {}: {}, {}", call.operation(), call.action(), outcome, call.key());
            return true;
        }
        known.ended(call.key(), call.operation());
        metrics.attempted(call.action(), row.operationTag(), "done");
        metrics.ended(call.action(), outcome, Duration.between(attempt.decidedAt, clock.instant()));
        if (outcome == FenceOutcome.GIVEN_UP) {
            log.warn(
                    "{} is given up after {} failed attempts ({}), {}",
                    call.action(),
                    row.attempts(),
                    row.giveUp(),
                    call.key());
        } else {
            log.info(
                    "{} of {} took effect after {} failed attempts, {}",
                    attempt.decision,
                    call.action(),
                    row.attempts(),
                    call.key());
        }
        return true;
    }

    /** What differs from attempt to attempt. */
    private static final class Attempt {

        private final Instant decidedAt;
        private final Claim claim;
        private final @Nullable ScheduledBranch row;
        /** A Cancel may turn out to be an empty rollback. */
        private Decision decision;

        /** @param row null if it is the first one */
        Attempt(Decision decision, Instant decidedAt, Claim claim, @Nullable ScheduledBranch row) {
            this.decision = decision;
            this.decidedAt = decidedAt;
            this.claim = claim;
            this.row = row;
        }

        boolean isFirst() {
            return row == null;
        }

        @Nullable
        GiveUpReason giveUp() {
            return row == null ? null : row.giveUp();
        }
    }
}

package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down an attempt that failed and what follows from it, in a transaction of its own: that of the attempt is rolled back. */
final class FailureRecorder {

    private static final Logger log = LoggerFactory.getLogger(FailureRecorder.class);

    private final RetryTable table;
    private final ActionPolicies policies;
    private final Backoff backoff;
    private final KnownBranches known;
    private final FenceMetrics metrics;
    private final Clock clock;

    FailureRecorder(
            RetryTable table,
            ActionPolicies policies,
            Backoff backoff,
            KnownBranches known,
            FenceMetrics metrics,
            Clock clock) {
        this.table = table;
        this.policies = policies;
        this.backoff = backoff;
        this.known = known;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * @param branch with the claim of the attempt as its due time
     * @param canGiveUp whether its action knows how
     * @param unwritten whether nothing of the decision is in the row yet
     * @param startedAt when the attempt began
     * @return whether the coordinator need not come again
     */
    boolean record(ScheduledBranch branch, boolean canGiveUp, boolean unwritten, Instant startedAt, Throwable failure) {
        Throwable cause = Failures.causeOf(failure);
        String error = Failures.describe(cause);
        metrics.count(
                branch.action(), branch.giveUp() == null ? branch.decision().failed() : FenceOutcome.GIVE_UP_FAILED);
        metrics.attempted(branch.action(), branch.operationTag(), Failures.isExpected(cause) ? "refused" : "failed");
        Instant now = clock.instant();
        try {
            NextStep next = NextStep.after(branch, cause, canGiveUp, policies.of(branch.action()), backoff, now);
            if (!table.recordFailure(branch, unwritten, next, startedAt, now, error)) {
                known.forget(branch.key());
                log.info(
                        "The failed attempt of {} is not recorded: the branch has ended, or others attempt it, {}",
                        branch.action(),
                        branch.key());
                return false;
            }
            return recorded(branch, next, cause, error, now);
        } catch (RuntimeException e) {
            log.error("The failed attempt of {} could not be recorded, {}", branch.action(), branch.key(), e);
            return false;
        }
    }

    /** One line for each change of state; an attempt that fails like the one before it is none. */
    private boolean recorded(ScheduledBranch branch, NextStep next, Throwable cause, String error, Instant now) {
        BranchKey key = branch.key();
        return next.fold(
                again -> {
                    known.due(key, branch.decision().operation(), again.at());
                    if (branch.attempts() > 0) {
                        log.debug("{} of {} failed again: {}, {}", branch.decision(), branch.action(), error, key);
                    } else if (Failures.isExpected(cause)) {
                        log.info("{} of {} has to wait: {}, {}", branch.decision(), branch.action(), error, key);
                    } else {
                        log.warn(
                                "{} of {} failed and is scheduled, {}", branch.decision(), branch.action(), key, cause);
                    }
                    return false;
                },
                givingUp -> {
                    known.due(key, branch.decision().operation(), now);
                    log.warn("{} is being given up ({}), {}", branch.action(), givingUp.reason(), key);
                    return false;
                },
                parked -> {
                    known.ended(key, branch.decision().operation());
                    metrics.parked(branch.action());
                    log.error(
                            "PARKED: {} of {} cannot be done and waits for a person: {}, {}",
                            branch.giveUp() == null ? branch.decision() : "the give-up",
                            branch.action(),
                            error,
                            key);
                    return true;
                });
    }
}

package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import io.holdfast.tcc.retry.RunningAttempts.Running;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * Answers the coordinator's Confirms and Cancels: from memory if something is known of the branch; else by an attempt, here or on
 * another thread, or by putting it off if its action is paused. It never says that a branch has ended whose decision is not durable.
 */
public final class CoordinatorCalls {

    private final ActionPolicies policies;
    private final KnownBranches known;
    private final RunningAttempts running;
    private final PausedCalls paused;
    private final AsyncConfirms asyncConfirms;
    private final BranchAttempts attempts;
    private final FenceMetrics metrics;
    private final Clock clock;

    CoordinatorCalls(
            ActionPolicies policies,
            KnownBranches known,
            RunningAttempts running,
            PausedCalls paused,
            AsyncConfirms asyncConfirms,
            BranchAttempts attempts,
            FenceMetrics metrics,
            Clock clock) {
        this.policies = policies;
        this.known = known;
        this.running = running;
        this.paused = paused;
        this.asyncConfirms = asyncConfirms;
        this.attempts = attempts;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * @param knownOpen whether the branch is known to be tried, and not to have been asked to confirm before
     * @return whether the coordinator need not come again
     */
    public boolean end(BranchCall call, boolean knownOpen) {
        ActionPolicy policy = policies.of(call.action());
        Optional<Boolean> ended = fromMemory(call, policy);
        if (ended.isPresent()) {
            metrics.count(call.action(), ended.get() ? FenceOutcome.REPEATED : FenceOutcome.SCHEDULED);
            return ended.get();
        }
        Instant decidedAt = clock.instant();
        if (paused.concern(call.action())) {
            return paused.putOff(call, decidedAt);
        }
        if (call.operation() == PhaseTwoOperation.CONFIRM && policy.async()) {
            return asyncConfirms.confirm(call, decidedAt, policy, knownOpen);
        }
        return attempts.first(call, decidedAt, Claim.none(), knownOpen);
    }

    /** It waits for an attempt that is running as long as it may. @return empty if the row has to be looked at */
    private Optional<Boolean> fromMemory(BranchCall call, ActionPolicy policy) {
        Running attempt = running.of(call.key());
        if (attempt == null) {
            return known.answer(call.key(), call.operation());
        }
        if (attempt.operation() != call.operation()) {
            return Optional.empty();
        }
        try {
            long wait = policy.async() ? policy.answerWithin().toNanos() : 0;
            return Optional.of(attempt.await(System.nanoTime() + wait).orElse(false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(false);
        }
    }
}

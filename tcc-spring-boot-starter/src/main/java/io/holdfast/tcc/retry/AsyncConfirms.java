package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.retry.RunningAttempts.Running;
import java.time.Instant;
import java.util.Optional;

/**
 * Runs a first Confirm on a thread of its own and waits for it as long as the policy says. If it takes longer, the decision is made
 * durable, so that the attempt is taken over should this instance die.
 */
final class AsyncConfirms {

    private final ConcurrencyLimiter limiter;
    private final RunningAttempts running;
    private final BranchAttempts attempts;
    private final Decisions decisions;
    private final FenceMetrics metrics;

    AsyncConfirms(
            ConcurrencyLimiter limiter,
            RunningAttempts running,
            BranchAttempts attempts,
            Decisions decisions,
            FenceMetrics metrics) {
        this.limiter = limiter;
        this.running = running;
        this.attempts = attempts;
        this.decisions = decisions;
        this.metrics = metrics;
    }

    /** @return whether the coordinator need not come again */
    boolean confirm(BranchCall call, Instant decidedAt, ActionPolicy policy, boolean knownOpen) {
        long end = System.nanoTime() + policy.answerWithin().toNanos();
        Running mine = Running.of(call.operation(), Claim.none());
        Running other = running.putIfAbsent(call.key(), mine);
        boolean started = other != null;
        try {
            if (other != null) {
                return other.await(end).orElse(false);
            }
            if (!limiter.tryAcquire(call.action(), RetryTier.EARLY, policy.concurrency(), policy.answerWithin())) {
                metrics.count(call.action(), FenceOutcome.SCHEDULED);
                decisions.postpone(call, Decision.CONFIRM, decidedAt);
                return false;
            }
            started = true;
            running.run(
                    call.key(),
                    call.action(),
                    RetryTier.EARLY,
                    mine,
                    () -> call.bound(
                            () -> mine.result().complete(attempts.first(call, decidedAt, mine.claim(), knownOpen))));
            Optional<Boolean> answer = mine.await(end);
            if (answer.isEmpty()) {
                decisions.makeDurable(call, decidedAt, mine.claim());
            }
            return answer.orElse(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            if (!started) {
                running.remove(call.key(), mine);
            }
        }
    }
}

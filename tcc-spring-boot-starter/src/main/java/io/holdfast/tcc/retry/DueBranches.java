package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.retry.RunningAttempts.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Claims branches that are due, as many as there are permits, and starts an attempt of each.
 *
 * <p>An instance that dies leaves a lease that ends, and another one takes the row over. The effect of an attempt and the end of its
 * row are one local transaction, so even two attempts at once would take effect once.
 */
final class DueBranches {

    /** More than there are permits: the first ones may be held by an instance whose lease ended in a local transaction. */
    private static final int LOOKED_FURTHER = 16;

    private final RetryTable table;
    private final ConcurrencyLimiter limiter;
    private final RunningAttempts running;
    private final BranchAttempts attempts;
    private final TccActions actions;
    private final ActionPolicies policies;
    private final RetryProperties properties;

    DueBranches(
            RetryTable table,
            ConcurrencyLimiter limiter,
            RunningAttempts running,
            BranchAttempts attempts,
            TccActions actions,
            ActionPolicies policies,
            RetryProperties properties) {
        this.table = table;
        this.limiter = limiter;
        this.running = running;
        this.attempts = attempts;
        this.actions = actions;
        this.policies = policies;
        this.properties = properties;
    }

    /**
     * @param due when the first of them is due
     * @return how long nothing will be due in this tier
     */
    Duration start(String action, RetryTier tier, Instant due, Instant now) {
        ActionPolicy policy = policies.of(action);
        int free = limiter.free(action, tier, policy.concurrency());
        if (free == 0) {
            // A permit that is given back wakes the scheduler.
            return properties.pollInterval();
        }
        if (due.isAfter(now)) {
            return Duration.between(now, due);
        }
        Optional<TccAction> found = actions.find(action);
        if (found.isEmpty()) {
            return properties.pollInterval();
        }
        // What comes next in this tier was not read.
        return start(found.get(), tier, policy, now, free) > 0 ? Duration.ZERO : properties.pollInterval();
    }

    private int start(TccAction action, RetryTier tier, ActionPolicy policy, Instant now, int free) {
        List<ScheduledBranch> permitted = new ArrayList<>();
        for (ScheduledBranch branch : table.due(action.name(), tier, now, free + LOOKED_FURTHER)) {
            // One that is running here and lost its lease would meet itself.
            if (running.of(branch.key()) == null && limiter.tryAcquire(action.name(), tier, policy.concurrency())) {
                permitted.add(branch);
            }
        }
        Instant lease = properties.leaseFrom(now);
        List<ScheduledBranch> claimed;
        try {
            claimed = table.claim(permitted, lease);
        } catch (RuntimeException | Error e) {
            permitted.forEach(branch -> limiter.release(action.name(), tier));
            throw e;
        }
        for (ScheduledBranch branch : permitted) {
            if (claimed.contains(branch)) {
                run(branch, action, tier, lease);
            } else {
                limiter.release(action.name(), tier);
            }
        }
        return claimed.size();
    }

    private void run(ScheduledBranch branch, TccAction action, RetryTier tier, Instant lease) {
        BranchKey key = branch.key();
        Running attempt = Running.of(branch.decision().operation(), Claim.until(lease));
        running.put(key, attempt);
        running.run(key, action.name(), tier, attempt, () -> attempts.again(branch, action, attempt.claim()));
    }
}

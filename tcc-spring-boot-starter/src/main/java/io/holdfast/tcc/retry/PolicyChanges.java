package io.holdfast.tcc.retry;

import java.time.Instant;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Brings branches forward that wait longer than a policy that was changed would let them. Those that would wait longer now keep their
 * time, and obey from the next attempt on.
 */
public final class PolicyChanges {

    /** Of each action and tier; what is beyond keeps its time. */
    private static final int MAX_BROUGHT_FORWARD = 5_000;

    private final Queue<String> changed = new ConcurrentLinkedQueue<>();
    private final RetryTable table;
    private final ActionPolicies policies;
    private final Backoff backoff;
    private final KnownBranches known;
    private final Wakeup wakeup;

    PolicyChanges(RetryTable table, ActionPolicies policies, Backoff backoff, KnownBranches known, Wakeup wakeup) {
        this.table = table;
        this.policies = policies;
        this.backoff = backoff;
        this.known = known;
        this.wakeup = wakeup;
    }

    /** The policies of these actions are others now. */
    public void of(Set<String> actions) {
        changed.addAll(actions);
        wakeup.now();
    }

    void bringForward(Instant now) {
        for (String action = changed.poll(); action != null; action = changed.poll()) {
            ActionPolicy policy = policies.of(action);
            for (RetryTier tier : RetryTier.values()) {
                for (ScheduledBranch branch : table.dueAfter(action, tier, now, MAX_BROUGHT_FORWARD)) {
                    bringForward(branch, policy, now);
                }
            }
        }
    }

    private void bringForward(ScheduledBranch branch, ActionPolicy policy, Instant now) {
        Instant next = now.plus(backoff.delayAfter(Math.max(1, branch.delayStep()), policy));
        Instant deadline = branch.decidedAt().plus(policy.deadline());
        if (branch.giveUp() == null && deadline.isBefore(next)) {
            next = deadline.isBefore(now) ? now : deadline;
        }
        boolean tooLate =
                branch.nextAttemptAt().isAfter(now.plus(Backoff.bound(Math.max(1, branch.delayStep()), policy)))
                        || (branch.giveUp() == null && branch.nextAttemptAt().isAfter(deadline));
        if (tooLate && table.moveDueTime(branch, next)) {
            known.forget(branch.key());
        }
    }
}

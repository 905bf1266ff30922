package io.holdfast.tcc.fence;

import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch whose end is decided and was not reached at once, as its row tells it.
 *
 * @param attempts how many failed in all
 * @param delayStep how many failed since the delay last started from its smallest
 * @param giveUp null as long as the decision itself is attempted
 * @param nextAttemptAt when it is due; while an attempt is made, the end of the lease
 * @param context the action context, as JSON
 */
record ScheduledBranch(
        BranchKey key,
        String action,
        Decision decision,
        Instant decidedAt,
        int attempts,
        int delayStep,
        @Nullable GiveUpReason giveUp,
        Instant nextAttemptAt,
        String context) {

    /** What an attempt of it is: the decision, or the give-up that has taken its place. */
    String operation() {
        return giveUp == null ? decision.name() : "GIVE_UP";
    }

    RetryTier lane() {
        return RetryTier.after(delayStep);
    }
}

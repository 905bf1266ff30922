package io.holdfast.tcc.retry;

import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch whose end is decided and was not reached at once, as its row has it.
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

    /** A branch of which nothing has failed yet. */
    static ScheduledBranch of(BranchCall call, Decision decision, Instant decidedAt, Instant due) {
        return new ScheduledBranch(
                call.key(), call.action(), decision, decidedAt, 0, 0, null, due, ActionContexts.write(call.context()));
    }

    ScheduledBranch dueAt(Instant due) {
        return new ScheduledBranch(key, action, decision, decidedAt, attempts, delayStep, giveUp, due, context);
    }

    /** What an attempt of it is: the decision, or the give-up that has taken its place. */
    String operation() {
        return giveUp == null ? decision.name() : "GIVE_UP";
    }

    /** The same, as a tag of a metric. */
    String operationTag() {
        return giveUp == null ? decision.tag() : "give-up";
    }

    RetryTier tier() {
        return RetryTier.after(delayStep);
    }
}

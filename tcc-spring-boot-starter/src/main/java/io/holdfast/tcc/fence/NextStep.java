package io.holdfast.tcc.fence;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.retry.ActionPolicy;
import io.holdfast.tcc.retry.Backoff;
import java.time.Instant;

/** What happens to a branch after an attempt that did not succeed. */
sealed interface NextStep {

    /** Beyond it neither the delay nor the lane changes. */
    int MAX_DELAY_STEPS = 1_000;

    /** Another attempt of the same kind. */
    record Again(Instant at, int delayStep) implements NextStep {}

    /** From now on the action's give-up is attempted. */
    record GivingUp(GiveUpReason reason) implements NextStep {}

    /** Nothing more without a person. */
    record Parked() implements NextStep {}

    /**
     * A Confirm that was refused or is past its deadline is given up; a give-up that was refused, or has failed for as long
     * again, is parked, as is all that cannot be given up. Everything else is attempted again, and once more at the deadline.
     */
    static NextStep after(
            ScheduledBranch branch,
            Throwable failure,
            boolean canGiveUp,
            ActionPolicy policy,
            Backoff backoff,
            Instant now) {
        boolean givingUp = branch.giveUp() != null;
        Instant deadline = branch.decidedAt().plus(policy.deadline());
        if (givingUp) {
            deadline = deadline.plus(policy.deadline());
        }
        boolean refused = failure instanceof ConfirmRefusedException;
        if (!refused && now.isBefore(deadline)) {
            // The delay has long ended to grow, and the column holds no more than a smallint.
            int failures = Math.min(branch.delayStep() + 1, MAX_DELAY_STEPS);
            Instant next = now.plus(backoff.delayAfter(failures, policy));
            return new Again(next.isBefore(deadline) ? next : deadline, failures);
        }
        if (branch.decision() == Decision.CONFIRM && canGiveUp && !givingUp) {
            return new GivingUp(new GiveUpReason(
                    refused ? GiveUpReason.Cause.REFUSED : GiveUpReason.Cause.DEADLINE, Failures.describe(failure)));
        }
        return new Parked();
    }
}

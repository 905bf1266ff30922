package io.holdfast.tcc.retry;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.fence.Decision;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What happens to a branch after an attempt that did not succeed. */
sealed interface NextStep {

    /** Beyond it neither the delay nor the tier changes. */
    int MAX_DELAY_STEPS = 1_000;

    /** Handles each case; a case that is forgotten does not compile. */
    <T> T fold(Function<Again, T> again, Function<GivingUp, T> givingUp, Function<Parked, T> parked);

    /** Writes it into the row. @return false if the claim is lost */
    boolean recordIn(RetryTable table, ScheduledBranch branch, String error, Instant now);

    /** When the next attempt is due; null if none will be made. */
    @Nullable
    Instant dueAt(Instant now);

    /** Another attempt of the same kind. */
    record Again(Instant at, int delayStep) implements NextStep {

        @Override
        public <T> T fold(Function<Again, T> again, Function<GivingUp, T> givingUp, Function<Parked, T> parked) {
            return again.apply(this);
        }

        @Override
        public boolean recordIn(RetryTable table, ScheduledBranch branch, String error, Instant now) {
            return table.recordAgain(branch, delayStep, at, error);
        }

        @Override
        public Instant dueAt(Instant now) {
            return at;
        }
    }

    /** From now on the action's give-up is attempted. */
    record GivingUp(GiveUpReason reason) implements NextStep {

        @Override
        public <T> T fold(Function<Again, T> again, Function<GivingUp, T> givingUp, Function<Parked, T> parked) {
            return givingUp.apply(this);
        }

        @Override
        public boolean recordIn(RetryTable table, ScheduledBranch branch, String error, Instant now) {
            return table.recordGivingUp(branch, reason, now, error);
        }

        @Override
        public Instant dueAt(Instant now) {
            return now;
        }
    }

    /** Nothing more without a person. */
    record Parked() implements NextStep {

        @Override
        public <T> T fold(Function<Again, T> again, Function<GivingUp, T> givingUp, Function<Parked, T> parked) {
            return parked.apply(this);
        }

        @Override
        public boolean recordIn(RetryTable table, ScheduledBranch branch, String error, Instant now) {
            return table.recordParked(branch, now, error);
        }

        @Override
        public @Nullable Instant dueAt(Instant now) {
            return null;
        }
    }

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

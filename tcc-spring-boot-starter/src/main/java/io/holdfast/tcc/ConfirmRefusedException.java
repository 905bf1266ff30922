package io.holdfast.tcc;

/**
 * Something outside has refused a decided Confirm for good: no later attempt can succeed. Thrown by a Confirm or by its
 * {@link RemoteConfirmStep}.
 *
 * <p>The branch is then given up, without waiting for its deadline, or parked if its action has no {@link GiveUp}. Thrown by a
 * give-up or a Cancel it means that only a person can go on: the branch is parked.
 */
public final class ConfirmRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason in the words of the side that refused, for the give-up and for the people who read the branch */
    public ConfirmRefusedException(String reason) {
        // An expected answer, so it carries no stack trace.
        super(reason, null, false, false);
    }
}

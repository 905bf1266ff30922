package io.holdfast.reconciliation;

/** A check could not examine everything, because a service that it had to ask did not answer. That is no finding. */
public final class NotCompletedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param why who did not answer, in a few words without secrets */
    public NotCompletedException(String why) {
        // Expected whenever a downstream service is restarted, so it carries no stack trace.
        super(why, null, false, false);
    }
}

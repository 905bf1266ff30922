package io.holdfast.order.coordinator;

/** The coordinator did not begin a global transaction. */
public final class CoordinatorUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CoordinatorUnavailableException(String message) {
        // Expected whenever the coordinator is restarted, so it carries no stack trace.
        super(message, null, false, false);
    }
}

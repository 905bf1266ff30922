package io.holdfast.tcc;

/**
 * A Confirm cannot take effect yet because something outside is not ready. It is no fault: the attempt is counted, the
 * reason is kept as the branch's last error, and the Confirm is tried again.
 */
public final class NotYetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason what is being waited for, for the people who read the branch's last error */
    public NotYetException(String reason) {
        // Expected and frequent while a downstream service is down, so it carries no stack trace.
        super(reason, null, false, false);
    }
}

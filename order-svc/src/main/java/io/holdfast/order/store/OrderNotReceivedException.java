package io.holdfast.order.store;

/** An order that was to be placed has been ended by somebody else, or has been given to another global transaction. */
public final class OrderNotReceivedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OrderNotReceivedException(String xid) {
        // It is how a Try refuses, so it carries no stack trace.
        super("An order is not RECEIVED under xid " + xid + " any more", null, false, false);
    }
}

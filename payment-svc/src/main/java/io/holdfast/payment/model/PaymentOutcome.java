package io.holdfast.payment.model;

import java.util.Collection;

/** The outcome of one global transaction for the payment of one order. */
public enum PaymentOutcome {
    OPEN,
    /** Also if it was refunded later: that is no part of the global transaction. */
    CAPTURED,
    RELEASED,
    /** It was decided that the order is paid, and that could not be done: the order has to be closed. */
    GIVEN_UP,
    /** This transaction holds no payment for the order. */
    NONE;

    /**
     * The outcome of the payments of one order in one global transaction. There is at most one live payment; there are more rows
     * only if an earlier branch of the same transaction was released.
     */
    public static PaymentOutcome of(Collection<PaymentStatus> payments) {
        if (payments.contains(PaymentStatus.CAPTURED) || payments.contains(PaymentStatus.REFUNDED)) {
            return CAPTURED;
        }
        if (payments.contains(PaymentStatus.OPEN)) {
            return OPEN;
        }
        if (payments.contains(PaymentStatus.GIVEN_UP)) {
            return GIVEN_UP;
        }
        return payments.isEmpty() ? NONE : RELEASED;
    }
}

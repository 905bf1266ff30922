package io.holdfast.payment.model;

import java.util.Collection;

/** What one global transaction came to for one order, as others ask for it. */
public enum PaymentOutcome {
    OPEN,
    CAPTURED,
    RELEASED,
    /** This transaction holds no payment for the order. */
    NONE;

    /**
     * What the payments of one order in one global transaction come to. There is at most one live payment; there are more rows
     * only if an earlier branch of the same transaction was released.
     */
    public static PaymentOutcome of(Collection<PaymentStatus> payments) {
        if (payments.contains(PaymentStatus.CAPTURED)) {
            return CAPTURED;
        }
        if (payments.contains(PaymentStatus.OPEN)) {
            return OPEN;
        }
        return payments.isEmpty() ? NONE : RELEASED;
    }
}

package io.holdfast.payment.card;

import io.holdfast.payment.model.ChargeStatus;

/** How a pending void or refund ends. */
enum VoidOrRefundOutcome {
    VOIDED,
    REFUNDED,
    /** There is no money to be given back. */
    NOTHING;

    static VoidOrRefundOutcome of(ChargeStatus settled) {
        return switch (settled) {
            case VOIDED -> VOIDED;
            case REFUNDED -> REFUNDED;
            case DECLINED, ABSENT -> NOTHING;
            case INTENDED, AUTHORIZED, CAPTURED ->
                throw new IllegalArgumentException("a charge that is " + settled + " has to be undone yet");
        };
    }
}

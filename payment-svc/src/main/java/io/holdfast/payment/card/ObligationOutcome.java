package io.holdfast.payment.card;

import io.holdfast.payment.model.ChargeStatus;

/** How an obligation ends. */
enum ObligationOutcome {
    VOIDED,
    REFUNDED,
    /** There is no money to be given back. */
    NOTHING;

    static ObligationOutcome of(ChargeStatus settled) {
        return switch (settled) {
            case VOIDED -> VOIDED;
            case REFUNDED -> REFUNDED;
            case DECLINED, ABSENT -> NOTHING;
            case INTENDED, AUTHORIZED, CAPTURED ->
                throw new IllegalArgumentException("a charge that is " + settled + " has to be undone yet");
        };
    }
}

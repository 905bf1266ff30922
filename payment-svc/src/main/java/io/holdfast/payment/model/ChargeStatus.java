package io.holdfast.payment.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What this service knows of the charge of a card payment, with every step that this knowledge can take. */
public enum ChargeStatus {
    /** Its key is recorded. Only the gateway knows whether it has made a charge under that key. */
    INTENDED,
    /** The money is held on the card. */
    AUTHORIZED,
    /** The issuer refused; nothing is held. */
    DECLINED,
    /** The money is taken. */
    CAPTURED,
    /** The hold is released, and the money was never taken. */
    VOIDED,
    /** The money was taken and has been refunded. */
    REFUNDED,
    /** The gateway never made a charge under the key. */
    ABSENT;

    private static final Map<ChargeStatus, Set<ChargeStatus>> STEPS = new EnumMap<>(Map.of(
            INTENDED, EnumSet.of(AUTHORIZED, DECLINED, CAPTURED, VOIDED, REFUNDED, ABSENT),
            AUTHORIZED, EnumSet.of(CAPTURED, VOIDED, REFUNDED),
            DECLINED, EnumSet.noneOf(ChargeStatus.class),
            CAPTURED, EnumSet.of(REFUNDED),
            VOIDED, EnumSet.noneOf(ChargeStatus.class),
            REFUNDED, EnumSet.noneOf(ChargeStatus.class),
            ABSENT, EnumSet.noneOf(ChargeStatus.class)));

    /** Whether a charge in this status can be known to be in that one next. */
    public boolean mayBecome(ChargeStatus next) {
        return STEPS.get(this).contains(next);
    }

    /** Whether the gateway may hold or have taken money that is not accounted for. */
    public boolean isUnsettled() {
        return this == INTENDED || this == AUTHORIZED;
    }

    /** Whether the gateway may hold or have taken money that could be given back. */
    public boolean canBeUndone() {
        return isUnsettled() || this == CAPTURED;
    }
}

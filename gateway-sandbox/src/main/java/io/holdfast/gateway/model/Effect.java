package io.holdfast.gateway.model;

/** What a request did to the money. */
public enum Effect {
    /** The amount is held. */
    AUTHORIZED,
    /** The amount is held no longer, and taken. */
    CAPTURED,
    /** The amount is held no longer. */
    VOIDED,
    /** The amount is no longer taken. */
    REFUNDED,
    /** The request was refused. */
    NONE;

    /** The effect of reaching a status. */
    public static Effect of(ChargeStatus reached) {
        return switch (reached) {
            case AUTHORIZED -> AUTHORIZED;
            case CAPTURED -> CAPTURED;
            case VOIDED -> VOIDED;
            case REFUNDED -> REFUNDED;
            case DECLINED -> NONE;
        };
    }
}

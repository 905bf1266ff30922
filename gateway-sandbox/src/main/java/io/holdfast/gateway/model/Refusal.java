package io.holdfast.gateway.model;

import java.util.Locale;

/** Why a request had no effect. Each is final: the same request will never have one. */
public enum Refusal {
    CARD_DECLINED(Kind.DECLINE, "The card's issuer declines."),
    INSUFFICIENT_FUNDS(Kind.DECLINE, "The card does not cover the amount."),
    CARD_EXPIRED(Kind.DECLINE, "The card has expired."),
    CARD_UNKNOWN(Kind.DECLINE, "The token stands for no card."),
    CHARGE_AUTHORIZED(Kind.CONFLICT, "The charge is authorized and not captured."),
    CHARGE_CAPTURED(Kind.CONFLICT, "The charge is captured."),
    CHARGE_VOIDED(Kind.CONFLICT, "The charge is voided."),
    CHARGE_REFUNDED(Kind.CONFLICT, "The charge is refunded."),
    CHARGE_DECLINED(Kind.CONFLICT, "The charge was declined.");

    /** Who refuses. */
    public enum Kind {
        /** The card's issuer. */
        DECLINE,
        /** The gateway, because the charge is not in a status in which that can be done. */
        CONFLICT
    }

    private final Kind kind;
    private final String inWords;

    Refusal(Kind kind, String inWords) {
        this.kind = kind;
        this.inWords = inWords;
    }

    /** Why a charge in this status does not take the operation that was asked for. */
    public static Refusal becauseOf(ChargeStatus status) {
        return switch (status) {
            case AUTHORIZED -> CHARGE_AUTHORIZED;
            case CAPTURED -> CHARGE_CAPTURED;
            case VOIDED -> CHARGE_VOIDED;
            case REFUNDED -> CHARGE_REFUNDED;
            case DECLINED -> CHARGE_DECLINED;
        };
    }

    public Kind kind() {
        return kind;
    }

    public String inWords() {
        return inWords;
    }

    /** The stable word for programs, such as {@code insufficient-funds}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package io.holdfast.gateway.model;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The life of a charge, with every step that it can take. */
public enum ChargeStatus {
    /** The money is held on the card. */
    AUTHORIZED,
    /** The money is taken. */
    CAPTURED,
    /** The hold was given up before anything was taken. */
    VOIDED,
    /** What was taken is given back, all of it. */
    REFUNDED,
    /** The issuer refused; nothing was ever held. */
    DECLINED;

    private static final Map<ChargeStatus, Map<Operation, ChargeStatus>> STEPS = new EnumMap<>(Map.of(
            AUTHORIZED, Map.of(Operation.CAPTURE, CAPTURED, Operation.VOID, VOIDED),
            CAPTURED, Map.of(Operation.REFUND, REFUNDED),
            VOIDED, Map.of(),
            REFUNDED, Map.of(),
            DECLINED, Map.of()));

    /** What an operation makes of a charge in this status; empty if it has to be refused. */
    public Optional<ChargeStatus> after(Operation operation) {
        return Optional.ofNullable(STEPS.get(this).get(operation));
    }
}

package io.holdfast.payment.card;

import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.model.ChargeStatus;

/** What came of an attempt to undo a charge. */
sealed interface UndoOutcome {

    /**
     * Nothing more is to be done.
     *
     * @param charge as it was seen before
     */
    record Settled(ChargeStatus status, GatewayCharge charge) implements UndoOutcome {}

    /** The gateway knows no charge, so far. */
    record Absent() implements UndoOutcome {}

    /** The gateway refused, for good under that key. */
    record Refused(String code) implements UndoOutcome {}

    record Unknown(String why) implements UndoOutcome {}
}

package io.holdfast.payment.card;

import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.model.ChargeStatus;

/** What came of the wish to undo a charge. */
sealed interface Undone {

    /**
     * Nothing more is to be done.
     *
     * @param charge as it was seen before
     */
    record Settled(ChargeStatus status, GatewayCharge charge) implements Undone {}

    /** The gateway knows no charge, so far. */
    record Absent() implements Undone {}

    /** The gateway refused, for good under that key. */
    record Refused(String code) implements Undone {}

    record Unknown(String why) implements Undone {}
}

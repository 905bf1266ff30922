package io.holdfast.payment.card;

/** What became of a request to authorize. */
sealed interface AuthorizationOutcome {

    /** The money is held. */
    record Authorized(String gatewayId) implements AuthorizationOutcome {}

    /** @param code the gateway's word for why */
    record Declined(String code) implements AuthorizationOutcome {}

    /** @param why for the log */
    record Unknown(String why) implements AuthorizationOutcome {}

    /** There is no payment by card that is open in this global transaction. */
    record NotOpen() implements AuthorizationOutcome {}

    /** The payment is being authorized with another card. */
    record OtherCard() implements AuthorizationOutcome {}
}

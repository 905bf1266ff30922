package io.holdfast.payment.card;

import java.util.function.Function;

/** The outcome of a request to authorize. */
sealed interface AuthorizationOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(
            Function<Authorized, T> authorized,
            Function<Declined, T> declined,
            Function<Unknown, T> unknown,
            Function<NotOpen, T> notOpen,
            Function<OtherCard, T> otherCard);

    /** The money is held. */
    record Authorized(String gatewayId) implements AuthorizationOutcome {

        @Override
        public <T> T fold(
                Function<Authorized, T> authorized,
                Function<Declined, T> declined,
                Function<Unknown, T> unknown,
                Function<NotOpen, T> notOpen,
                Function<OtherCard, T> otherCard) {
            return authorized.apply(this);
        }
    }

    /** @param code the gateway's code for the reason */
    record Declined(String code) implements AuthorizationOutcome {

        @Override
        public <T> T fold(
                Function<Authorized, T> authorized,
                Function<Declined, T> declined,
                Function<Unknown, T> unknown,
                Function<NotOpen, T> notOpen,
                Function<OtherCard, T> otherCard) {
            return declined.apply(this);
        }
    }

    /** @param why for the log */
    record Unknown(String why) implements AuthorizationOutcome {

        @Override
        public <T> T fold(
                Function<Authorized, T> authorized,
                Function<Declined, T> declined,
                Function<Unknown, T> unknown,
                Function<NotOpen, T> notOpen,
                Function<OtherCard, T> otherCard) {
            return unknown.apply(this);
        }
    }

    /** There is no payment by card that is open in this global transaction. */
    record NotOpen() implements AuthorizationOutcome {

        @Override
        public <T> T fold(
                Function<Authorized, T> authorized,
                Function<Declined, T> declined,
                Function<Unknown, T> unknown,
                Function<NotOpen, T> notOpen,
                Function<OtherCard, T> otherCard) {
            return notOpen.apply(this);
        }
    }

    /** The payment is being authorized with another card. */
    record OtherCard() implements AuthorizationOutcome {

        @Override
        public <T> T fold(
                Function<Authorized, T> authorized,
                Function<Declined, T> declined,
                Function<Unknown, T> unknown,
                Function<NotOpen, T> notOpen,
                Function<OtherCard, T> otherCard) {
            return otherCard.apply(this);
        }
    }
}

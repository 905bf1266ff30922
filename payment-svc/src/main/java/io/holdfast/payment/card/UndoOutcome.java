package io.holdfast.payment.card;

import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.model.ChargeStatus;
import java.util.Optional;
import java.util.function.Function;

/** The outcome of an attempt to undo a charge. */
sealed interface UndoOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(
            Function<Settled, T> settled,
            Function<Absent, T> absent,
            Function<Refused, T> refused,
            Function<Unknown, T> unknown);

    default Optional<Settled> settled() {
        return fold(Optional::of, absent -> Optional.empty(), refused -> Optional.empty(), unknown -> Optional.empty());
    }

    /** Whether the charge was in another state than the call was made for. */
    default boolean isOutdated() {
        return fold(
                settled -> false, absent -> false, refused -> refused.code().startsWith("charge-"), unknown -> false);
    }

    /**
     * Nothing more is to be done.
     *
     * @param charge as it was seen before
     */
    record Settled(ChargeStatus status, GatewayCharge charge) implements UndoOutcome {

        @Override
        public <T> T fold(
                Function<Settled, T> settled,
                Function<Absent, T> absent,
                Function<Refused, T> refused,
                Function<Unknown, T> unknown) {
            return settled.apply(this);
        }
    }

    /** The gateway knows no charge, so far. */
    record Absent() implements UndoOutcome {

        @Override
        public <T> T fold(
                Function<Settled, T> settled,
                Function<Absent, T> absent,
                Function<Refused, T> refused,
                Function<Unknown, T> unknown) {
            return absent.apply(this);
        }
    }

    /** The gateway refused, for good under that key. */
    record Refused(String code) implements UndoOutcome {

        @Override
        public <T> T fold(
                Function<Settled, T> settled,
                Function<Absent, T> absent,
                Function<Refused, T> refused,
                Function<Unknown, T> unknown) {
            return refused.apply(this);
        }
    }

    /** @param why for the log */
    record Unknown(String why) implements UndoOutcome {

        @Override
        public <T> T fold(
                Function<Settled, T> settled,
                Function<Absent, T> absent,
                Function<Refused, T> refused,
                Function<Unknown, T> unknown) {
            return unknown.apply(this);
        }
    }
}

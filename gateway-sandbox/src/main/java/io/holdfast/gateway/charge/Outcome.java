package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.Refusal;
import java.util.function.Function;

/** The outcome of a request to change something. */
sealed interface Outcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(
            Function<Effected, T> effected,
            Function<Refused, T> refused,
            Function<KeyReused, T> keyReused,
            Function<UnknownCharge, T> unknownCharge);

    /** @param charge as it was right after the request took effect, which may be long ago */
    record Effected(Charge charge, Answer answer) implements Outcome {

        @Override
        public <T> T fold(
                Function<Effected, T> effected,
                Function<Refused, T> refused,
                Function<KeyReused, T> keyReused,
                Function<UnknownCharge, T> unknownCharge) {
            return effected.apply(this);
        }
    }

    /** @param charge as it was when the request was refused */
    record Refused(Charge charge, Refusal refusal, Answer answer) implements Outcome {

        @Override
        public <T> T fold(
                Function<Effected, T> effected,
                Function<Refused, T> refused,
                Function<KeyReused, T> keyReused,
                Function<UnknownCharge, T> unknownCharge) {
            return refused.apply(this);
        }
    }

    /** The key stands for another request. */
    record KeyReused() implements Outcome {

        @Override
        public <T> T fold(
                Function<Effected, T> effected,
                Function<Refused, T> refused,
                Function<KeyReused, T> keyReused,
                Function<UnknownCharge, T> unknownCharge) {
            return keyReused.apply(this);
        }
    }

    record UnknownCharge() implements Outcome {

        @Override
        public <T> T fold(
                Function<Effected, T> effected,
                Function<Refused, T> refused,
                Function<KeyReused, T> keyReused,
                Function<UnknownCharge, T> unknownCharge) {
            return unknownCharge.apply(this);
        }
    }

    /** Whether this is the first answer to an idempotency key. */
    enum Answer {
        FIRST,
        REPEATED
    }
}

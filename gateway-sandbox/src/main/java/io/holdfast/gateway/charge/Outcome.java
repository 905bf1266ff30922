package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.Refusal;

/** What became of a request to change something. */
sealed interface Outcome {

    /** @param charge as it was right after the request took effect, which may be long ago */
    record Effected(Charge charge, Answer answer) implements Outcome {}

    /** @param charge as it was when the request was refused */
    record Refused(Charge charge, Refusal refusal, Answer answer) implements Outcome {}

    /** The key stands for another request. */
    record KeyReused() implements Outcome {}

    record UnknownCharge() implements Outcome {}

    /** Whether this is the first answer to an idempotency key. */
    enum Answer {
        FIRST,
        REPEATED
    }
}

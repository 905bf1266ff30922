package io.holdfast.payment.capture;

import io.holdfast.payment.model.Refusal;
import java.util.List;

/** A Try was refused because of its orders. It is an exception because a Try that merely returned would be committed. */
final class PaymentsRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Refusal> refusals;

    PaymentsRefusedException(List<Refusal> refusals) {
        // An ordinary answer, and in a sale a frequent one, so it carries no stack trace.
        super("payments refused: " + refusals, null, false, false);
        this.refusals = refusals;
    }

    /** Every order that must be left out for the rest to be opened. At least one. */
    List<Refusal> refusals() {
        return refusals;
    }
}

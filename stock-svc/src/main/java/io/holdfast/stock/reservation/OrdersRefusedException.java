package io.holdfast.stock.reservation;

import io.holdfast.stock.model.Refusal;
import java.util.List;

/** A Try was refused because of its orders. It is an exception because a Try that merely returned would be committed. */
final class OrdersRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    // Never serialized: it does not leave the request.
    private final transient List<Refusal> refusals;

    OrdersRefusedException(List<Refusal> refusals) {
        // An answer, and in a sale a frequent one, so it carries no stack trace.
        super("refused: " + refusals, null, false, false);
        this.refusals = refusals;
    }

    /** Every order that has to be left out, at least one. */
    List<Refusal> refusals() {
        return refusals;
    }
}

package io.holdfast.order.intake;

import io.holdfast.order.intake.OrderCheck.Flaw;
import java.util.List;

/** A request that no order can be made of. */
final class InvalidOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Flaw> flaws;

    InvalidOrderException(List<Flaw> flaws) {
        super("The request is no valid order", null, false, false);
        this.flaws = List.copyOf(flaws);
    }

    List<Flaw> flaws() {
        return flaws;
    }
}

package io.holdfast.order.sale;

import io.holdfast.order.model.SaleTerms.Flaw;
import java.util.List;

/** A request that no sale can be made of. */
final class InvalidSaleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Flaw> flaws;

    InvalidSaleException(List<Flaw> flaws) {
        super("The request is no valid sale", null, false, false);
        this.flaws = List.copyOf(flaws);
    }

    List<Flaw> flaws() {
        return flaws;
    }
}

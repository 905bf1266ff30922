package io.holdfast.order.placing;

import io.holdfast.order.model.ValidationError;
import java.util.List;

/** A request that no order can be made of. */
public final class InvalidOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ValidationError> errors;

    public InvalidOrderException(List<ValidationError> errors) {
        super("The request is no valid order", null, false, false);
        this.errors = List.copyOf(errors);
    }

    public List<ValidationError> errors() {
        return errors;
    }
}

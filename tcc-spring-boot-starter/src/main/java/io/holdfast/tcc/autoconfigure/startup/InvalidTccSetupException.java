package io.holdfast.tcc.autoconfigure.startup;

import java.util.List;
import java.util.stream.Collectors;

/** The service does not start, because some of what its team has declared could not work later. */
public final class InvalidTccSetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ValidationError> errors;

    public InvalidTccSetupException(List<ValidationError> errors) {
        super(errors.stream().map(ValidationError::toString).collect(Collectors.joining("\n")));
        this.errors = List.copyOf(errors);
    }

    InvalidTccSetupException(ValidationError error) {
        this(List.of(error));
    }

    public List<ValidationError> errors() {
        return errors;
    }

    static void throwIfAny(List<ValidationError> errors) {
        if (!errors.isEmpty()) {
            throw new InvalidTccSetupException(errors);
        }
    }
}

package io.holdfast.load.platform;

import java.io.Serial;

/** This platform lacks an interface that is needed. */
public final class MissingInterfaceException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public MissingInterfaceException(String message) {
        super(message);
    }
}

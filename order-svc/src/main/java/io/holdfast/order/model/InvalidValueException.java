package io.holdfast.order.model;

/** A value that cannot be part of an order. The message is written for the buyer's program and never repeats what it sent. */
public final class InvalidValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidValueException(String message) {
        super(message);
    }
}

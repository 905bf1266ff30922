package io.holdfast.message;

/** A handler did not take a message, and nothing that it needs is away: the next message may fare better. */
final class HandlerFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HandlerFailure(String id, Throwable cause) {
        super("Message " + id + " was not taken: " + cause, cause);
    }
}

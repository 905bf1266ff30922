package io.holdfast.edge.body;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** A body had not arrived when its time was over. It is one kind of time-out; the server's own is the other. */
final class BodyTooSlowException extends SocketTimeoutException {

    private static final long serialVersionUID = 1L;

    BodyTooSlowException(Duration waited) {
        super("The request's body had not arrived after " + waited.toMillis() + " ms");
    }
}

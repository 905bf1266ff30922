package io.holdfast.edge;

import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.util.unit.DataSize;

/** A body turned out to be larger than allowed while it was read. */
final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    // Read by the handler of the same request only.
    private final transient DataSize limit;

    BodyTooLargeException(DataSize limit) {
        super("The request's body is larger than " + limit);
        this.limit = limit;
    }

    ProblemDetail toProblem() {
        return problem(limit);
    }

    static ProblemDetail problem(DataSize limit) {
        ProblemDetail problem = Problems.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "body-too-large",
                "The request's body may have " + limit.toBytes() + " bytes at most.");
        problem.setProperty("maxBytes", limit.toBytes());
        return problem;
    }
}

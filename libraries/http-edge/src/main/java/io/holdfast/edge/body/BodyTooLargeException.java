package io.holdfast.edge.body;

import io.holdfast.edge.problem.ProblemSource;
import io.holdfast.edge.problem.Problems;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.util.unit.DataSize;

/** A body turned out to be larger than allowed while it was read. */
final class BodyTooLargeException extends IOException implements ProblemSource {

    private static final long serialVersionUID = 1L;

    // Read by the handler of the same request only.
    private final transient DataSize limit;

    BodyTooLargeException(DataSize limit) {
        super("The request's body is larger than " + limit);
        this.limit = limit;
    }

    @Override
    public ProblemDetail toProblem() {
        ProblemDetail problem = Problems.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "body-too-large",
                "The request's body may have " + limit.toBytes() + " bytes at most.");
        problem.setProperty("maxBytes", limit.toBytes());
        return problem;
    }
}

package io.holdfast.edge.problem;

import org.springframework.http.ProblemDetail;

/** An exception that knows the problem by which it is answered, also if it is only the cause of the one that was caught. */
public interface ProblemSource {

    ProblemDetail toProblem();
}

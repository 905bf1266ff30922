package io.holdfast.order.downstream;

import org.jspecify.annotations.Nullable;

/** Carries an error answer out of Feign, which knows no other way. Caught in this package, always. */
final class DownstreamProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient @Nullable DownstreamProblem problem;

    DownstreamProblemException(int status, @Nullable DownstreamProblem problem) {
        super(
                "answered " + status + (problem == null || problem.code() == null ? "" : " " + problem.code()),
                null,
                false,
                false);
        this.status = status;
        this.problem = problem;
    }

    int status() {
        return status;
    }

    @Nullable
    DownstreamProblem problem() {
        return problem;
    }
}

package io.holdfast.order.neighbour;

import org.jspecify.annotations.Nullable;

/** Carries an error answer out of Feign, which knows no other way. Caught in this package, always. */
final class NeighbourProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient @Nullable NeighbourProblem problem;

    NeighbourProblemException(int status, @Nullable NeighbourProblem problem) {
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
    NeighbourProblem problem() {
        return problem;
    }
}

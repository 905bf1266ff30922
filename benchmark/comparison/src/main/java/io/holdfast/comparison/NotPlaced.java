package io.holdfast.comparison;

import feign.FeignException;
import io.holdfast.edge.problem.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/** What a buyer is told of an order that came to nothing. */
public final class NotPlaced {

    private static final Logger log = LoggerFactory.getLogger(NotPlaced.class);

    private NotPlaced() {}

    /** Refused for a reason of its own, or given up because something was too busy or failed. */
    public static ProblemException because(RuntimeException failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        if (failure instanceof FeignException answer && answer.status() == HttpStatus.CONFLICT.value()) {
            return new ProblemException(HttpStatus.CONFLICT, "refused", "There is not enough of it.");
        }
        log.warn("An order is given up", failure);
        return new ProblemException(
                HttpStatus.SERVICE_UNAVAILABLE,
                "order-given-up",
                "The order was given up: " + failure.getClass().getSimpleName() + ".");
    }
}

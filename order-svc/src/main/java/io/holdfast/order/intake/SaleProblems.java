package io.holdfast.order.intake;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.Sale;
import io.holdfast.order.placing.RetryAfterHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** What is answered to whoever may not order in a sale, or not now. */
final class SaleProblems {

    private SaleProblems() {}

    static ProblemException soldOut() {
        return new ProblemException(HttpStatus.CONFLICT, "sold-out", "The sale is sold out.");
    }

    static ProblemException alreadyBought(Sale sale) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "already-bought",
                "One buyer may have " + sale.terms().perBuyerLimit() + " of this sale, and this would be more.");
    }

    static ProblemException notOpen(Sale sale, Instant now) {
        long seconds = Math.max(1, Duration.between(now, sale.terms().opensAt()).toSeconds() + 1);
        return new ProblemException(
                HttpStatus.TOO_EARLY,
                "sale-not-open",
                "The sale opens at " + sale.terms().opensAt() + ".",
                Map.of("opensAt", sale.terms().opensAt(), RetryAfterHeader.MEMBER, seconds));
    }

    static ProblemException paused() {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "sale-paused",
                "The sale is paused. Please try again later.",
                Map.of(RetryAfterHeader.MEMBER, 5));
    }

    static ProblemException closed() {
        return new ProblemException(HttpStatus.FORBIDDEN, "sale-closed", "The sale is over.");
    }

    static ProblemException noSuchSale() {
        return new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There is no such sale.");
    }
}

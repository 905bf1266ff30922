package io.holdfast.order.sale;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleState;
import io.holdfast.order.model.ValidationError;
import io.holdfast.order.placing.RetryAfterHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** How a request about a sale is refused. */
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

    static ProblemException invalid(List<ValidationError> errors) {
        String detail = errors.size() == 1
                ? "The sale cannot be made: " + errors.get(0).field() + " "
                        + errors.get(0).message() + "."
                : "The sale cannot be made: " + errors.size() + " things are wrong with it, see errors.";
        return new ProblemException(HttpStatus.BAD_REQUEST, "invalid-sale", detail, Map.of("errors", errors));
    }

    static ProblemException keyReused() {
        return new ProblemException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another sale. Use a new key for a new sale.");
    }

    static ProblemException outcomeUnknown(Sale sale) {
        return new ProblemException(
                HttpStatus.SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "It is not known yet whether the quota is set apart. The sale will be ready, or refused, once stock-svc is"
                        + " back: GET /sales/" + sale.id()
                        + " will tell, and so will the same request with the same"
                        + " Idempotency-Key.",
                Map.of("saleId", sale.id().value(), RetryAfterHeader.MEMBER, 2));
    }

    static ProblemException refused(Sale sale, Sale.Rejected why) {
        if ("unknown-sku".equals(why.code())) {
            return invalid(List.of(new ValidationError("sku", "is not known to stock-svc")));
        }
        return new ProblemException(
                HttpStatus.CONFLICT,
                why.code(),
                why.detail(),
                Map.of("saleId", sale.id().value()));
    }

    static ProblemException wrongState(SaleState state, String done) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "sale-state",
                "The sale is " + state + " and cannot be " + done + ".",
                Map.of("state", state));
    }
}

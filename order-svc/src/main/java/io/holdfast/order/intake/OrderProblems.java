package io.holdfast.order.intake;

import io.holdfast.edge.ProblemException;
import io.holdfast.order.intake.OrderCheck.Flaw;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sale;
import io.holdfast.order.refusals.RefusalBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** What an order that is not carried out is answered with. */
final class OrderProblems {

    private static final String ORDER_ID = "orderId";
    private static final String SOLD_OUT = "sold-out";

    private OrderProblems() {}

    static ProblemException invalid(List<Flaw> flaws) {
        String detail = flaws.size() == 1
                ? "The order cannot be taken: " + flaws.get(0).field() + " "
                        + flaws.get(0).message() + "."
                : "The order cannot be taken: " + flaws.size() + " things are wrong with it, see errors.";
        return new ProblemException(HttpStatus.BAD_REQUEST, "invalid-order", detail, Map.of("errors", flaws));
    }

    static ProblemException keyReused() {
        return new ProblemException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another order. Use a new key for a new order.");
    }

    /** The same for the same order, however often it is asked for. */
    static ProblemException rejected(Order order, Rejection why) {
        HttpStatus status = statusOf(why.reason());
        String id = order.id().value();
        Map<String, Object> properties =
                status.is5xxServerError() ? Map.of(ORDER_ID, id, RetryAfterHeader.MEMBER, 1) : Map.of(ORDER_ID, id);
        return new ProblemException(status, codeOf(order, why), why.detail(), properties);
    }

    /** A buyer in a sale hears one word for "none left", whoever found out. */
    private static String codeOf(Order order, Rejection why) {
        return why.reason() == Rejection.Reason.OUT_OF_STOCK
                        && order.purchase().sale().isPresent()
                ? SOLD_OUT
                : why.reason().code();
    }

    static ProblemException soldOut() {
        return new ProblemException(HttpStatus.CONFLICT, SOLD_OUT, "The sale is sold out.");
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

    static ProblemException inProgress(Order order) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "order-in-progress",
                "An order with this Idempotency-Key is being placed. Ask again with the same key, or look at the order.",
                Map.of(ORDER_ID, order.id().value(), RetryAfterHeader.MEMBER, 1));
    }

    static ProblemException outcomeUnknown(Order order) {
        return new ProblemException(
                HttpStatus.SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "It is not known yet whether this order will be carried out. It will be decided within a minute once all"
                        + " services are back: GET /orders/" + order.id()
                        + " will tell, and so will the same request with the"
                        + " same Idempotency-Key.",
                Map.of(ORDER_ID, order.id().value(), RetryAfterHeader.MEMBER, 5));
    }

    static ProblemException tooMany() {
        return new ProblemException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-orders",
                "Too many orders are waiting to be placed. Nothing was written down; please send the same order again.",
                Map.of(RetryAfterHeader.MEMBER, 1));
    }

    static ProblemException tooManyRefused(RefusalBudget.Spent spent) {
        return new ProblemException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-refused",
                "Within an hour " + spent.perHour()
                        + " orders of this buyer were refused, for want of goods or money or because they were"
                        + " not valid. Nothing was written down of this one; see Retry-After.",
                Map.of(RetryAfterHeader.MEMBER, spent.forNow().toSeconds() + 1));
    }

    static ProblemException cannotBegin() {
        return new ProblemException(
                HttpStatus.SERVICE_UNAVAILABLE,
                Rejection.Reason.SERVICE_UNAVAILABLE.code(),
                "Orders cannot be placed at the moment. Nothing was written down; please send the same order again.",
                Map.of(RetryAfterHeader.MEMBER, 2));
    }

    private static HttpStatus statusOf(Rejection.Reason reason) {
        return switch (reason) {
            case OUT_OF_STOCK -> HttpStatus.CONFLICT;
            case INSUFFICIENT_FUNDS, PAYMENT_DECLINED -> HttpStatus.PAYMENT_REQUIRED;
            case INVALID_ORDER -> HttpStatus.BAD_REQUEST;
            case SERVICE_UNAVAILABLE, ABANDONED, ROLLED_BACK -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }
}

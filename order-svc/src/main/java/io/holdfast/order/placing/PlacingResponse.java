package io.holdfast.order.placing;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.ValidationError;
import io.holdfast.order.placing.PlacingResult.Decided;
import io.holdfast.order.placing.PlacingResult.InProgress;
import io.holdfast.order.placing.PlacingResult.Invalid;
import io.holdfast.order.placing.PlacingResult.TooManyRefused;
import io.holdfast.order.placing.PlacingResult.Undecided;
import io.holdfast.order.reading.OrderView;
import io.holdfast.order.refusals.RefusalBudget;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** What a request to place an order is answered with, however it ended. */
public final class PlacingResponse implements PlacingResult.Cases<ResponseEntity<OrderView>> {

    private static final PlacingResponse CASES = new PlacingResponse();

    private static final String ORDER_ID = "orderId";
    private static final String SOLD_OUT = "sold-out";

    private PlacingResponse() {}

    /** @throws ProblemException if the order is not carried out, or not known to be */
    public static ResponseEntity<OrderView> of(PlacingResult result) {
        return result.fold(CASES);
    }

    @Override
    public ResponseEntity<OrderView> decided(Decided result) {
        Order order = result.order();
        order.whyRejected().ifPresent(why -> {
            throw rejected(order, why);
        });
        return ResponseEntity.status(result.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(URI.create("/orders/" + order.id()))
                .body(OrderView.of(order, AuthenticatedCaller.current()));
    }

    @Override
    public ResponseEntity<OrderView> invalid(Invalid result) {
        List<ValidationError> errors = result.errors();
        String detail = errors.size() == 1
                ? "The order cannot be taken: " + errors.get(0).field() + " "
                        + errors.get(0).message() + "."
                : "The order cannot be taken: " + errors.size() + " things are wrong with it, see errors.";
        throw new ProblemException(HttpStatus.BAD_REQUEST, "invalid-order", detail, Map.of("errors", errors));
    }

    @Override
    public ResponseEntity<OrderView> keyReused() {
        throw new ProblemException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another order. Use a new key for a new order.");
    }

    /** The same for the same order, however often it is asked for. */
    private static ProblemException rejected(Order order, Rejection why) {
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

    @Override
    public ResponseEntity<OrderView> inProgress(InProgress result) {
        throw new ProblemException(
                HttpStatus.CONFLICT,
                "order-in-progress",
                "An order with this Idempotency-Key is being placed. Ask again with the same key, or look at the order.",
                Map.of(ORDER_ID, result.order().id().value(), RetryAfterHeader.MEMBER, 1));
    }

    @Override
    public ResponseEntity<OrderView> undecided(Undecided result) {
        Order order = result.order();
        throw new ProblemException(
                HttpStatus.SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "It is not known yet whether this order will be carried out. It will be decided within a minute once all"
                        + " services are back: GET /orders/" + order.id()
                        + " will tell, and so will the same request with the"
                        + " same Idempotency-Key.",
                Map.of(ORDER_ID, order.id().value(), RetryAfterHeader.MEMBER, 5));
    }

    /** Of an order in a sale only, and there it is answered for what the sale says. */
    @Override
    public ResponseEntity<OrderView> notEntered() {
        throw new IllegalStateException("An order of no sale was not entered, and its key has no order");
    }

    @Override
    public ResponseEntity<OrderView> tooManyWaiting() {
        throw new ProblemException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-orders",
                "Too many orders are waiting to be placed. Nothing was written down; please send the same order again.",
                Map.of(RetryAfterHeader.MEMBER, 1));
    }

    @Override
    public ResponseEntity<OrderView> tooManyRefused(TooManyRefused result) {
        RefusalBudget.Spent spent = result.budget();
        throw new ProblemException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-refused",
                "Within an hour " + spent.perHour()
                        + " orders of this buyer were refused, for want of goods or money or because they were"
                        + " not valid. Nothing was written down of this one; see Retry-After.",
                Map.of(RetryAfterHeader.MEMBER, spent.forNow().toSeconds() + 1));
    }

    @Override
    public ResponseEntity<OrderView> notBegun() {
        throw new ProblemException(
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

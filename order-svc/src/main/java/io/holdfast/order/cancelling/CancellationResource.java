package io.holdfast.order.cancelling;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.placing.RetryAfterHeader;
import io.holdfast.order.reading.OrderView;
import io.holdfast.order.reading.VisibleOrders;
import io.holdfast.order.store.ClosingOrders;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Orders")
class CancellationResource {

    private static final Logger log = LoggerFactory.getLogger(CancellationResource.class);

    private final ClosingOrders closing;
    private final VisibleOrders visible;
    private final Clock clock;

    CancellationResource(ClosingOrders closing, VisibleOrders visible, Clock clock) {
        this.closing = closing;
        this.visible = visible;
        this.clock = clock;
    }

    @PostMapping("/orders/{orderId}/cancellation")
    @Operation(summary = "Cancel an order", description = """
                    A paid order is closed: its goods are available again and its money is given back, to the account or by the \
                    card gateway. That is a new step forward, not the undoing of the old one, and it goes on by itself once it is \
                    accepted. Of an order that is CONFIRMING the request is recorded; it is cancelled as soon as it would be PAID.

                    No Idempotency-Key is needed: an order is cancelled once, however often this is sent. The answer tells the \
                    order as it is then, and the first reason is kept.""")
    @ApiResponse(
            responseCode = "202",
            description = "The order is CLOSING, or CONFIRMING with `cancellation`: it will be CLOSED, GET tells when")
    @ApiResponse(responseCode = "200", description = "The order is CLOSED")
    @ApiResponse(responseCode = "400", description = "`invalid-request`, with `errors`")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such order")
    @ApiResponse(
            responseCode = "409",
            description = "`order-undecided`: it is still being placed, ask again soon, see Retry-After; or"
                    + " `order-rejected`: it was not carried out, and there is nothing to cancel")
    ResponseEntity<OrderView> cancel(
            @Parameter(description = "As it was given in the answer to the order", schema = @Schema(format = "uuid"))
                    @PathVariable
                    String orderId,
            @Valid @RequestBody(required = false) @Nullable Request request) {
        Order found = visible.find(orderId);
        OrderId id = found.id();
        AuditedAction.describe(
                "order " + id + " of " + found.purchase().buyer().value(),
                found.total().minor() + " " + found.total().currency());
        CancellationRequest cancellation =
                CancellationRequest.of(request == null ? null : request.reason(), clock.instant());
        Order order = closing.requestCancellation(id, cancellation)
                .orElseThrow(() -> new IllegalStateException("Order " + id + " is gone"));
        log.info("Order {} was to be cancelled and is {}", id, order.status());
        return answer(order);
    }

    /** By the order's status alone, so that whoever asks again gets the same answer. */
    private static ResponseEntity<OrderView> answer(Order order) {
        return switch (order.status()) {
            case RECEIVED, PLACED -> throw undecided(order);
            case REJECTED -> throw rejected(order);
            // PAID is not left as it is: it would be CLOSING by now.
            case CONFIRMING, PAID, CLOSING ->
                ResponseEntity.status(HttpStatus.ACCEPTED).body(OrderView.of(order, AuthenticatedCaller.current()));
            case CLOSED -> ResponseEntity.ok(OrderView.of(order, AuthenticatedCaller.current()));
        };
    }

    private static ProblemException undecided(Order order) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "order-undecided",
                "This order is still being placed, so there is nothing to cancel yet. Please ask again.",
                Map.of("orderId", order.id().value(), RetryAfterHeader.MEMBER, 1));
    }

    private static ProblemException rejected(Order order) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "order-rejected",
                "This order was not carried out: nothing is held for it and nothing was paid, so there is nothing to cancel.",
                Map.of("orderId", order.id().value()));
    }

    @Schema(name = "CancelOrder")
    record Request(
            @Schema(
                    description = "Why, for people; up to 200 characters without control characters",
                    example = "Ordered twice by mistake.")
            @Size(max = CancellationRequest.MAX_CHARACTERS)
            @Pattern(regexp = "[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]*", message = "must have no control characters")
            @Nullable
            String reason) {}
}

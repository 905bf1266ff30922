package io.holdfast.order.intake;

import io.holdfast.edge.IdempotencyKey;
import io.holdfast.edge.ProblemException;
import io.holdfast.edge.access.Bearer;
import io.holdfast.order.intake.OrderIntake.Taken;
import io.holdfast.order.model.Order;
import io.holdfast.order.reading.OrderView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Orders")
class PlaceOrderResource {

    private final OrderIntake intake;

    PlaceOrderResource(OrderIntake intake) {
        this.intake = intake;
    }

    @PostMapping("/orders")
    @Operation(summary = "Place an order", description = """
                    Freezes the money, reserves the stock, and answers when the order is decided. Either everything is carried \
                    out or nothing is held. An order that is refused is kept, as REJECTED with its reason, and the problem names \
                    its orderId.""")
    @ApiResponse(
            responseCode = "201",
            description = "The order is decided: PAID, or CONFIRMING while a confirmation is still being tried",
            headers = @Header(name = "Location", description = "Where the order is to be found"))
    @ApiResponse(responseCode = "200", description = "The order that this key made before")
    @ApiResponse(responseCode = "400", description = "`invalid-order`, with `errors`; or the key is missing or invalid")
    @ApiResponse(
            responseCode = "402",
            description = "`insufficient-funds`; or `payment-declined`, by the card's issuer")
    @ApiResponse(
            responseCode = "409",
            description = "`out-of-stock`; or `order-in-progress`: the same key is being placed at this moment")
    @ApiResponse(responseCode = "422", description = "`idempotency-key-reused`: the key has made another order")
    @ApiResponse(
            responseCode = "429",
            description = "`too-many-orders`: too many wait to be placed; nothing was written down, send it again;"
                    + " `too-many-refused`: too many orders of this buyer were refused within an hour, see Retry-After")
    @ApiResponse(
            responseCode = "503",
            description =
                    "`service-unavailable`: not carried out, nothing is held; `outcome-unknown`: ask again, the order or"
                            + " the same request, to learn how it ended")
    ResponseEntity<OrderView> place(
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key, @RequestBody PlaceOrderRequest request) {
        try {
            return answer(intake.take(forBearer(request, Bearer.current()), key));
        } catch (InvalidOrderException e) {
            throw OrderProblems.invalid(e.flaws());
        }
    }

    /** A buyer orders for none but the buyer; only an operator may name somebody else. */
    private static PlaceOrderRequest forBearer(PlaceOrderRequest request, Bearer bearer) {
        if (bearer.operator()) {
            return request;
        }
        if (request.buyerId() != null && !request.buyerId().equals(bearer.subject())) {
            throw new ProblemException(
                    HttpStatus.FORBIDDEN, "forbidden", "buyerId has to be the token's subject, or left out.");
        }
        return request.of(bearer.subject());
    }

    /** @throws ProblemException if it is not carried out, or not known to be */
    static ResponseEntity<OrderView> answer(Taken taken) {
        if (taken instanceof Taken.Settled settled) {
            return settled(settled.order(), settled.first() ? HttpStatus.CREATED : HttpStatus.OK);
        }
        throw problem(taken);
    }

    private static ResponseEntity<OrderView> settled(Order order, HttpStatus status) {
        order.whyRejected().ifPresent(why -> {
            throw OrderProblems.rejected(order, why);
        });
        return ResponseEntity.status(status)
                .location(URI.create("/orders/" + order.id()))
                .body(OrderView.of(order, Bearer.current()));
    }

    private static ProblemException problem(Taken taken) {
        if (taken instanceof Taken.InProgress inProgress) {
            return OrderProblems.inProgress(inProgress.order());
        }
        if (taken instanceof Taken.Unknown unknown) {
            return OrderProblems.outcomeUnknown(unknown.order());
        }
        if (taken instanceof Taken.TooMany) {
            return OrderProblems.tooMany();
        }
        if (taken instanceof Taken.BudgetSpent beyond) {
            return OrderProblems.tooManyRefused(beyond.spent());
        }
        if (taken instanceof Taken.NotBegun) {
            return OrderProblems.cannotBegin();
        }
        return OrderProblems.keyReused();
    }
}

package io.holdfast.order.placing;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.reading.OrderView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Orders")
class PlaceOrderResource {

    private final OrderPlacing placing;

    PlaceOrderResource(OrderPlacing placing) {
        this.placing = placing;
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
        return PlacingResponse.of(placing.place(forBearer(request, AuthenticatedCaller.current()), key));
    }

    /** A buyer orders for none but the buyer; only an operator may name somebody else. */
    private static PlaceOrderRequest forBearer(PlaceOrderRequest request, AuthenticatedCaller bearer) {
        if (bearer.operator()) {
            return request;
        }
        if (request.buyerId() != null && !request.buyerId().equals(bearer.subject())) {
            throw new ProblemException(
                    HttpStatus.FORBIDDEN, "forbidden", "buyerId has to be the token's subject, or left out.");
        }
        return request.of(bearer.subject());
    }
}

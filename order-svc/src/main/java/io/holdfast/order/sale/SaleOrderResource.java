package io.holdfast.order.sale;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemAnswer;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.Sale;
import io.holdfast.order.placing.InvalidOrderException;
import io.holdfast.order.placing.OrderPlacing;
import io.holdfast.order.placing.PlacingResponse;
import io.holdfast.order.placing.PlacingResult;
import io.holdfast.order.placing.ValidOrder;
import io.holdfast.order.reading.OrderView;
import io.holdfast.order.sale.SaleOrderAdmission.Admitted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Sales")
class SaleOrderResource {

    private final SaleOrderAdmission admission;
    private final OrderPlacing orders;
    private final SaleRepository repository;

    SaleOrderResource(SaleOrderAdmission admission, OrderPlacing orders, SaleRepository repository) {
        this.admission = admission;
        this.orders = orders;
        this.repository = repository;
    }

    @PostMapping("/sales/{saleId}/orders")
    @Operation(summary = "Order in a sale", description = """
                    As `POST /orders`, for the goods of the sale at its price. A request that comes too early or too late, or finds \
                    nothing left, is refused at once, and no order is kept.""")
    @ApiResponse(
            responseCode = "201",
            description = "The order is decided: PAID, or CONFIRMING while a confirmation is still being tried",
            headers = @Header(name = "Location", description = "Where the order is to be found"),
            content = @Content(schema = @Schema(implementation = OrderView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The order that this key made before",
            content = @Content(schema = @Schema(implementation = OrderView.class)))
    @ApiResponse(responseCode = "400", description = "`invalid-order`, with `errors`; or the key is missing or invalid")
    @ApiResponse(
            responseCode = "402",
            description = "`insufficient-funds`; or `payment-declined`, by the card's issuer")
    @ApiResponse(responseCode = "403", description = "`sale-closed`: the sale is over")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    @ApiResponse(
            responseCode = "409",
            description = "`sold-out`; `already-bought`: it would be more than one buyer may have; `sale-paused`; or"
                    + " `order-in-progress`: the same key is being placed at this moment")
    @ApiResponse(responseCode = "422", description = "`idempotency-key-reused`: the key has made another order")
    @ApiResponse(responseCode = "425", description = "`sale-not-open`: it opens later, see `opensAt` and Retry-After")
    @ApiResponse(
            responseCode = "429",
            description = "`too-many-orders`: too many wait to be placed; nothing was written down, send it again;"
                    + " `too-many-refused`: too many orders of this buyer were refused within an hour, see Retry-After")
    @ApiResponse(
            responseCode = "503",
            description =
                    "`service-unavailable`: not carried out, nothing is held; `outcome-unknown`: ask again, the order or"
                            + " the same request, to learn how it ended")
    // Not at the parameter: Spring looks its conversion up by all its annotations, field by field, with each request.
    @Parameter(name = "saleId", in = ParameterIn.PATH, schema = @Schema(format = "uuid"))
    ResponseEntity<?> place(
            @PathVariable String saleId,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @RequestBody SaleOrderRequest request) {
        BuyerId buyer = buyer(BuyerId::named);
        try {
            return PlacingResponse.of(place(admission.find(saleId), buyer, request, key));
        } catch (ProblemException refused) {
            return ProblemAnswer.of(refused);
        }
    }

    private PlacingResult place(Sale sale, BuyerId buyer, SaleOrderRequest request, IdempotencyKey key) {
        ValidOrder order;
        try {
            order = request.validate(sale, buyer);
        } catch (InvalidOrderException e) {
            return new PlacingResult.Invalid(e.errors());
        }
        Admitted admitted = admission.admit(sale, order, key);
        return admitted.answer().orElseGet(() -> admission.settle(admitted, orders.placeAdmitted(order, key)));
    }

    @GetMapping("/sales/{saleId}/orders/mine")
    @Operation(summary = "Show my orders in a sale", description = "Newest first, up to 100, whatever became of them.")
    @ApiResponse(responseCode = "200", description = "The orders; none if nothing was ordered")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    List<OrderView> mine(@Parameter(schema = @Schema(format = "uuid")) @PathVariable String saleId) {
        Sale sale = admission.find(saleId);
        return repository.ordersOf(sale.id(), buyer(BuyerId::new)).stream()
                .map(OrderView::of)
                .toList();
    }

    private static BuyerId buyer(Function<String, BuyerId> make) {
        String subject = AuthenticatedCaller.current().subject();
        try {
            return make.apply(subject);
        } catch (InvalidValueException e) {
            throw new ProblemException(HttpStatus.FORBIDDEN, "forbidden", "The token's subject is no buyer id.");
        }
    }
}

package io.holdfast.stock.reservation;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Refusal;
import io.holdfast.stock.model.Sku;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The Try, as order-svc calls it. */
@RestController
@Tag(name = "Internal")
class ReservationResource {

    private static final int MAX_ORDERS = 1_000;
    private static final int MAX_LINES_PER_ORDER = 200;

    /** What one local transaction may lock and write; reached only by a batch of very long orders. */
    private static final int MAX_LINES = 10_000;

    private final ReservationService service;

    ReservationResource(ReservationService service) {
        this.service = service;
    }

    @Operation(
            summary = "Try: reserve stock for one or more orders, in the global transaction of the header TX_XID",
            description = "All or nothing. 409 names in `refusals` every order that has to be left out, each with its"
                    + " `orderId`, `code`, `detail`, `sku` and `available`: the orders are served in the order of the list, so"
                    + " the same list without those is granted as long as the stock stays as it is. The code of the problem"
                    + " is that of the first refusal: `out-of-stock`, `invalid-order` (there is no such SKU) or `order-busy`"
                    + " (the order has a reservation of another global transaction). The same request in the same global"
                    + " transaction reserves once.")
    @PostMapping("/internal/reservations")
    ReservedBody reserve(@Valid @RequestBody ReserveRequest request) {
        List<OrderLines> orders = ordersOf(request);
        return service.reserve(orders)
                .fold(
                        reserved -> new ReservedBody(orders.stream()
                                .map(order -> order.order().value())
                                .toList()),
                        refused -> {
                            throw refusal(refused.refusals().stream()
                                    .map(RefusalBody::of)
                                    .toList());
                        },
                        busy -> {
                            throw refusal(busy.orders().stream()
                                    .map(RefusalBody::busy)
                                    .toList());
                        });
    }

    private static List<OrderLines> ordersOf(ReserveRequest request) {
        int lines = request.orders().stream()
                .mapToInt(order -> order.lines().size())
                .sum();
        if (lines > MAX_LINES) {
            throw invalid("The orders of one call have " + MAX_LINES + " lines at most.");
        }
        Set<String> seen = new HashSet<>();
        for (OrderBody order : request.orders()) {
            if (!seen.add(order.orderId())) {
                throw invalid("The order " + order.orderId() + " is named more than once.");
            }
        }
        return request.orders().stream().map(ReservationResource::linesOf).toList();
    }

    private static OrderLines linesOf(OrderBody order) {
        Map<Sku, Quantity> lines = new TreeMap<>();
        for (LineBody line : order.lines()) {
            if (lines.put(new Sku(line.sku()), new Quantity(line.quantity())) != null) {
                throw invalid("The order " + order.orderId() + " names the SKU " + line.sku() + " more than once.");
            }
        }
        return OrderLines.of(new OrderId(order.orderId()), lines);
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, "invalid-request", detail);
    }

    private static ProblemException refusal(List<RefusalBody> refusals) {
        RefusalBody first = refusals.get(0);
        return new ProblemException(HttpStatus.CONFLICT, first.code(), first.detail(), Map.of("refusals", refusals));
    }

    record ReserveRequest(@NotEmpty @Size(max = MAX_ORDERS) List<@NotNull @Valid OrderBody> orders) {}

    record OrderBody(
            @NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id")
            String orderId,

            @NotEmpty @Size(max = MAX_LINES_PER_ORDER) List<@NotNull @Valid LineBody> lines) {}

    record LineBody(
            @NotNull @Pattern(regexp = Sku.INTERNAL_FORM, message = "must be a SKU")
            String sku,

            @NotNull @Positive Integer quantity) {}

    record ReservedBody(
            @Schema(description = "all orders of the call") List<String> reserved) {}

    /** @param sku null if no SKU is at fault */
    record RefusalBody(
            String orderId,
            String code,
            String detail,
            @Nullable String sku,
            long available) {

        static RefusalBody of(Refusal refusal) {
            return new RefusalBody(
                    refusal.order().value(),
                    refusal.reason().code(),
                    refusal.detail(),
                    refusal.sku().value(),
                    refusal.available());
        }

        static RefusalBody busy(OrderId order) {
            return new RefusalBody(
                    order.value(), "order-busy", "The order " + order + " has a reservation already.", null, 0);
        }
    }
}

package io.holdfast.stock.reservation;

import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.ReservationStatus;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What orders hold, for the reconciliation of order-svc. */
@RestController
@Tag(name = "Internal")
class ReservationStatesResource {

    private static final int MAX_ORDERS = 1_000;

    private final ReservationMapper reservations;

    ReservationStatesResource(ReservationMapper reservations) {
        this.reservations = reservations;
    }

    @Operation(
            summary = "What is reserved, sold or was released after it was decided, of the orders that are named",
            description = "One entry per order and SKU. Of a reservation that was cancelled there is none.")
    @PostMapping("/internal/reservations/states")
    StatesBody states(@Valid @RequestBody StatesRequest request) {
        return new StatesBody(reservations.findLive(request.orderIds()).stream()
                .map(row -> new State(row.orderId(), row.sku(), row.quantity(), row.status()))
                .toList());
    }

    record StatesRequest(
            @NotEmpty @Size(max = MAX_ORDERS)
            List<@NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id") String> orderIds) {}

    record StatesBody(List<State> reservations) {}

    record State(String orderId, String sku, long quantity, ReservationStatus status) {}
}

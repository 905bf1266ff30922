package io.holdfast.payment.capture;

import io.holdfast.payment.account.MoneyBody;
import io.holdfast.payment.card.Charges;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentStatus;
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

/** What orders have paid, for the reconciliation of order-svc. */
@RestController
@Tag(name = "Internal")
class PaymentStatesResource {

    private static final int MAX_ORDERS = 1_000;

    private final PaymentMapper payments;
    private final Charges charges;

    PaymentStatesResource(PaymentMapper payments, Charges charges) {
        this.payments = payments;
        this.charges = charges;
    }

    @Operation(
            summary = "The payments of the orders that are named, as they are now",
            description =
                    "At most one per order. Of a payment that was cancelled there is none; `owed` names the orders of which a charge at"
                            + " the gateway is still to be voided or refunded.")
    @PostMapping("/internal/payments/states")
    StatesBody states(@Valid @RequestBody StatesRequest request) {
        return new StatesBody(
                payments.findLive(request.orderIds()).stream()
                        .map(row -> new State(
                                row.orderId(),
                                row.buyerId(),
                                new MoneyBody(row.amount(), row.currency()),
                                row.status()))
                        .toList(),
                charges.owed(request.orderIds()));
    }

    record StatesRequest(
            @NotEmpty @Size(max = MAX_ORDERS)
            List<@NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id") String> orderIds) {}

    record StatesBody(List<State> payments, List<String> owed) {}

    record State(String orderId, String buyerId, MoneyBody amount, PaymentStatus status) {}
}

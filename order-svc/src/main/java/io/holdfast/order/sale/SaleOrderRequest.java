package io.holdfast.order.sale;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sale;
import io.holdfast.order.placing.InvalidOrderException;
import io.holdfast.order.placing.OrderValidation;
import io.holdfast.order.placing.PlaceOrderRequest;
import io.holdfast.order.placing.ValidOrder;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An order in a sale as it came in. The sale says what is sold, and at which price. */
@Schema(name = "PlaceSaleOrder")
record SaleOrderRequest(
        @Schema(
                description = "Pieces, at least 1, and not more than one buyer may have",
                example = "1",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable
        Long quantity,

        @Schema(requiredMode = RequiredMode.REQUIRED) PlaceOrderRequest.@Nullable Payment payment) {

    /** @throws InvalidOrderException with all errors, if no order can be made of it */
    ValidOrder validate(Sale sale, BuyerId buyer) {
        OrderValidation validation = new OrderValidation();
        Quantity pieces = validation.value("quantity", quantity, Quantity::of);
        if (pieces != null && pieces.value() > sale.terms().perBuyerLimit()) {
            validation.add(
                    "quantity", "must be at most " + sale.terms().perBuyerLimit() + ", as many as one buyer may have");
        }
        PaymentMethod method = validation.method(payment);
        CardToken card = validation.card(method, payment);
        if (pieces != null) {
            Purchase.violationsOf(List.of(sale.line(pieces)))
                    .forEach(violation -> validation.add("quantity", violation));
        }
        validation.requireValid();
        return new ValidOrder(
                sale.purchase(buyer, Objects.requireNonNull(pieces), Objects.requireNonNull(method)),
                Optional.ofNullable(card));
    }
}

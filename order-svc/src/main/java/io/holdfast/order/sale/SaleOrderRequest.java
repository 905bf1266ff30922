package io.holdfast.order.sale;

import io.holdfast.order.placing.PlaceOrderRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
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

        @Schema(requiredMode = RequiredMode.REQUIRED) PlaceOrderRequest.@Nullable Payment payment) {}

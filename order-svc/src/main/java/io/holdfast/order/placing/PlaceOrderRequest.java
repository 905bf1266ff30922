package io.holdfast.order.placing;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An order as it came in. Anything may be missing or wrong; {@link OrderValidation} finds out. */
@Schema(name = "PlaceOrder", description = "What is ordered, by whom, and how it is paid")
public record PlaceOrderRequest(
        @Schema(
                description =
                        "Who orders and whose wallet pays: 1 to 64 characters out of A-Z a-z 0-9 . _ @ -. The token's subject;"
                                + " may be left out, unless an operator orders for somebody",
                example = "alice")
        @Nullable
        String buyerId,

        @ArraySchema(minItems = 1, maxItems = 200)
        @Schema(
                description =
                        "1 to 200 lines, each SKU once; how many pieces one order may have in all is a live setting",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable
        List<@Nullable Item> items,

        @Schema(requiredMode = RequiredMode.REQUIRED) @Nullable
        Payment payment) {

    PlaceOrderRequest of(String buyer) {
        return new PlaceOrderRequest(buyer, items, payment);
    }

    @Schema(name = "PlaceOrderItem")
    public record Item(
            @Schema(
                    description = "1 to 64 characters out of A-Z a-z 0-9 . _ -",
                    example = "apple-1",
                    requiredMode = RequiredMode.REQUIRED)
            @Nullable
            String sku,

            @Schema(description = "Pieces, at least 1", example = "2", requiredMode = RequiredMode.REQUIRED) @Nullable
            Long quantity,

            @Schema(description = "Price of one piece", requiredMode = RequiredMode.REQUIRED) @Nullable
            Price unitPrice) {}

    @Schema(name = "PlaceOrderPrice")
    public record Price(
            @Schema(
                    description = "In the smallest unit of the currency; above 0",
                    example = "1999",
                    requiredMode = RequiredMode.REQUIRED)
            @Nullable
            Long minor,

            @Schema(
                    description = "ISO 4217 code, one for all lines",
                    example = "CNY",
                    requiredMode = RequiredMode.REQUIRED)
            @Nullable
            String currency) {}

    @Schema(name = "PlaceOrderPayment")
    public record Payment(
            @Schema(
                    description = "WALLET: from the buyer's account. CARD: with the card that token stands for.",
                    example = "WALLET",
                    requiredMode = RequiredMode.REQUIRED)
            @Nullable
            String method,

            @Schema(
                    description =
                            "For CARD only: what stands for the card. It is passed on to the card gateway, and neither"
                                    + " kept nor shown again; under one Idempotency-Key another token makes no other order.",
                    example = "tok_ok")
            @Nullable
            String token) {

        /** Without the token: what frameworks log of a request is not ours to decide. */
        @Override
        public String toString() {
            return "payment by " + method;
        }
    }
}

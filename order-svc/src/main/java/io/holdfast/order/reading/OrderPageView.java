package io.holdfast.order.reading;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** One page of orders. */
@Schema(name = "OrderPage")
record OrderPageView(
        @Schema(description = "Newest first") List<OrderView> items,
        int page,
        int size,

        @Schema(description = "How many there are on all pages")
        long total) {}

package io.holdfast.order.downstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members that matter of a downstream service's {@code application/problem+json}. All may be missing: it is foreign input. */
record DownstreamProblem(
        @Nullable String code,
        @Nullable String detail,
        @Nullable List<@Nullable Item> refusals) {

    record Item(
            @Nullable String orderId,
            @Nullable String code,
            @Nullable String detail,
            @Nullable String sku,
            @Nullable Long available) {}
}

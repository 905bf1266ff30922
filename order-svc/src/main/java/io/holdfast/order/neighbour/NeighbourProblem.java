package io.holdfast.order.neighbour;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members that matter of a neighbour's {@code application/problem+json}. All may be missing: it is foreign input. */
record NeighbourProblem(
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

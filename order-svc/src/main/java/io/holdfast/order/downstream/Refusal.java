package io.holdfast.order.downstream;

import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a downstream service will not serve one order.
 *
 * @param exhausted the SKU of which nothing at all is available, if it was that
 */
public record Refusal(
        OrderId order, Rejection why, @Nullable Sku exhausted) {

    public Optional<Sku> exhaustedSku() {
        return Optional.ofNullable(exhausted);
    }
}

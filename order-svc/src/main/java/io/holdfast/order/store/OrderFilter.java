package io.holdfast.order.store;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.OrderStatus;
import org.jspecify.annotations.Nullable;

/** Which orders are looked for; a null leaves that open. */
public record OrderFilter(
        @Nullable OrderStatus status, @Nullable BuyerId buyer) {

    @Nullable
    String buyerValue() {
        return buyer == null ? null : buyer.value();
    }
}

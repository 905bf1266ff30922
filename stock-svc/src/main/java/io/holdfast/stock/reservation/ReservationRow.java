package io.holdfast.stock.reservation;

import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.ReservationStatus;
import io.holdfast.stock.model.Sku;
import java.time.LocalDateTime;

/** A row of {@code reservation}: one line of an order. {@code createdAt} is UTC. */
record ReservationRow(
        String xid,
        long branchId,
        String orderId,
        String sku,
        long quantity,
        ReservationStatus status,
        LocalDateTime createdAt) {

    static ReservationRow reserved(
            String xid, long branchId, OrderId order, Sku sku, Quantity quantity, LocalDateTime now) {
        return new ReservationRow(
                xid, branchId, order.value(), sku.value(), quantity.value(), ReservationStatus.RESERVED, now);
    }
}

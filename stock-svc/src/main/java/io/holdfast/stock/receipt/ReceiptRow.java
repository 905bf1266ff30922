package io.holdfast.stock.receipt;

import java.time.LocalDateTime;

/** A row of {@code receipt}; {@code createdAt} is UTC. */
record ReceiptRow(String idempotencyKey, String sku, long quantity, LocalDateTime createdAt) {

    boolean asksTheSameAs(ReceiptRow other) {
        return sku.equals(other.sku) && quantity == other.quantity;
    }
}

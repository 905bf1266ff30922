package io.holdfast.stock.reservation;

/** What a branch holds of one SKU. */
record SkuTotal(String sku, long quantity, long reservations) {}

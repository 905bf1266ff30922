package io.holdfast.stock.reservation;

import io.holdfast.stock.model.ReservationStatus;

/** What a branch has of one SKU in one status. */
record SkuTotal(String sku, ReservationStatus status, long quantity, long reservations) {}

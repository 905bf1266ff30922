package io.holdfast.stock.sale;

import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;

/** A row of the table {@code sale_quota}, as far as anything is decided by it. */
record SaleQuotaRow(String saleId, String sku, long quota, Status status) {

    enum Status {
        SET_APART,
        RETURNED
    }

    Sku normal() {
        return new Sku(sku);
    }

    Sku ofSale() {
        return normal().in(new SaleId(saleId));
    }
}

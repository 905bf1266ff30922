package io.holdfast.order.store;

import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code sale}. Times are UTC. */
record SaleRow(
        String saleId,
        String idempotencyKey,
        String sku,
        int quota,
        long unitPriceMinor,
        String currency,
        int perBuyerLimit,
        LocalDateTime opensAt,
        LocalDateTime closesAt,
        SaleStage stage,
        @Nullable String reasonCode,
        @Nullable String reasonDetail,
        LocalDateTime createdAt,
        LocalDateTime changedAt,
        LocalDateTime askedOpensAt) {

    static SaleRow of(Sale sale, String idempotencyKey) {
        SaleTerms terms = sale.terms();
        LocalDateTime created = OrderRow.utc(sale.createdAt());
        return new SaleRow(
                sale.id().value(),
                idempotencyKey,
                terms.sku().value(),
                terms.quota(),
                terms.unitPrice().minor(),
                terms.unitPrice().currency(),
                terms.perBuyerLimit(),
                OrderRow.utc(terms.opensAt()),
                OrderRow.utc(terms.closesAt()),
                sale.stage(),
                null,
                null,
                created,
                created,
                OrderRow.utc(terms.opensAt()));
    }

    Sale toSale() {
        return new Sale(
                new SaleId(saleId),
                terms(opensAt),
                stage,
                reasonCode == null || reasonDetail == null ? null : new Sale.Rejected(reasonCode, reasonDetail),
                OrderRow.instant(createdAt));
    }

    /** As they were asked for. */
    SaleTerms askedTerms() {
        return terms(askedOpensAt);
    }

    private SaleTerms terms(LocalDateTime opens) {
        return new SaleTerms(
                new Sku(sku),
                quota,
                new Money(unitPriceMinor, currency),
                perBuyerLimit,
                OrderRow.instant(opens),
                OrderRow.instant(closesAt));
    }
}

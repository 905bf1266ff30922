package io.holdfast.order.sale;

import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
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
        LocalDateTime created = utc(sale.createdAt());
        return new SaleRow(
                sale.id().value(),
                idempotencyKey,
                terms.sku().value(),
                terms.quota(),
                terms.unitPrice().minor(),
                terms.unitPrice().currency(),
                terms.perBuyerLimit(),
                utc(terms.opensAt()),
                utc(terms.closesAt()),
                sale.stage(),
                null,
                null,
                created,
                created,
                utc(terms.opensAt()));
    }

    Sale toSale() {
        return new Sale(
                new SaleId(saleId),
                terms(opensAt),
                stage,
                reasonCode == null || reasonDetail == null ? null : new Sale.Rejected(reasonCode, reasonDetail),
                instant(createdAt));
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
                instant(opens),
                instant(closesAt));
    }

    static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    static Instant instant(LocalDateTime utc) {
        return utc.toInstant(ZoneOffset.UTC);
    }
}

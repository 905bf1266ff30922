package io.holdfast.stock.sale;

import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code sale_quota}, as far as anything is decided by it. */
record SaleQuotaRow(
        String saleId,
        String sku,
        long quota,
        Status status,
        @Nullable String refusedAs,
        @Nullable Long available) {

    enum Status {
        SET_APART,
        RETURNED,
        /** Nothing was ever allocated. */
        REFUSED
    }

    /** Why nothing was allocated, in the word that is stored; it never changes. */
    enum Refusal {
        QUOTA_EXCEEDS_STOCK("quota-exceeds-stock"),
        UNKNOWN_SKU("unknown-sku");

        private final String code;

        Refusal(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    /** The answer that the same request had, or empty if it had or has another quota. */
    Optional<Allocation> answerTo(Sku wanted, Quantity pieces) {
        if (!normal().equals(wanted) || quota != pieces.value()) {
            return Optional.empty();
        }
        return switch (status) {
            case SET_APART -> Optional.of(new Allocation.Allocated());
            case RETURNED -> Optional.empty();
            case REFUSED ->
                Optional.of(
                        available == null ? new Allocation.UnknownSku() : new Allocation.InsufficientStock(available));
        };
    }

    Sku normal() {
        return new Sku(sku);
    }

    Sku ofSale() {
        return normal().in(new SaleId(saleId));
    }
}

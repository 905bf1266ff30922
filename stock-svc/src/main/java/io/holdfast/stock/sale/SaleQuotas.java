package io.holdfast.stock.sale;

import io.holdfast.stock.level.StockEvents;
import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.sale.SaleQuotaRow.Refusal;
import io.holdfast.stock.sale.SaleQuotaRow.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Allocates goods to sales, once per sale, and takes back what a sale has not sold, once and for all: what comes back to a sale
 * after that goes on to the normal stock. A refusal is final. The quota is locked first and the stock after it, in the order of the
 * SKUs, so that two sales of one SKU cannot deadlock.
 */
@Component
class SaleQuotas {

    private static final Logger log = LoggerFactory.getLogger(SaleQuotas.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final SaleQuotaMapper quotas;
    private final StockLevels levels;
    private final StockEvents events;
    private final TransactionTemplate transaction;
    private final Clock clock;

    SaleQuotas(
            SaleQuotaMapper quotas,
            StockLevels levels,
            StockEvents events,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.quotas = quotas;
        this.levels = levels;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
        this.transaction.setTimeout((int) TIMEOUT.toSeconds());
        this.clock = clock;
    }

    /** A repeated request gets the first answer, however late it arrives, also if that was a refusal. */
    Allocation allocate(SaleId sale, Sku sku, Quantity quota) {
        Optional<SaleQuotaRow> earlier = quotas.find(sale.value());
        if (earlier.isPresent()) {
            return repeated(earlier.get(), sku, quota);
        }
        try {
            Allocation outcome = Objects.requireNonNull(transaction.execute(status -> decide(sale, sku, quota)));
            log.info("Allocating {} of {} to sale {}: {}", quota, sku, sale, outcome);
            return outcome;
        } catch (DuplicateKeyException e) {
            // A concurrent duplicate request came first.
            return repeated(quotas.find(sale.value()).orElseThrow(() -> e), sku, quota);
        }
    }

    private Allocation decide(SaleId sale, Sku sku, Quantity quota) {
        requireOne("quotas noted", sale, quotas.insert(sale.value(), sku.value(), quota.value(), now()));
        OptionalLong available = levels.lockAvailable(sku);
        if (available.isEmpty()) {
            refuse(sale, Refusal.UNKNOWN_SKU, null);
            return new Allocation.UnknownSku();
        }
        if (available.getAsLong() < quota.value()) {
            refuse(sale, Refusal.QUOTA_EXCEEDS_STOCK, available.getAsLong());
            return new Allocation.InsufficientStock(available.getAsLong());
        }
        levels.allocate(sku, sku.in(sale), quota);
        return new Allocation.Allocated();
    }

    private void refuse(SaleId sale, Refusal why, @Nullable Long available) {
        requireOne("quotas refused", sale, quotas.refused(sale.value(), why.code(), available));
    }

    private static Allocation repeated(SaleQuotaRow earlier, Sku sku, Quantity quota) {
        return earlier.answerTo(sku, quota).orElseGet(Allocation.OtherQuota::new);
    }

    /** @return empty if nothing was ever allocated to the sale; otherwise how many pieces went back now */
    Optional<Long> giveBack(SaleId sale) {
        return Objects.requireNonNull(transaction.execute(status -> quotas.lock(sale.value())
                .filter(SaleQuotas::wasAllocated)
                .map(quota -> {
                    if (quota.status() == Status.SET_APART) {
                        requireOne("quotas returned", sale, quotas.returned(sale.value(), now()));
                    }
                    long pieces = levels.returnAvailable(quota.ofSale(), quota.normal());
                    if (pieces > 0) {
                        events.available("returned:" + UUID.randomUUID(), quota.normal(), pieces);
                        log.info("{} of {} came back from sale {}", pieces, quota.normal(), sale);
                    }
                    return pieces;
                })));
    }

    private static boolean wasAllocated(SaleQuotaRow quota) {
        return quota.status() != Status.REFUSED;
    }

    private static void requireOne(String what, SaleId sale, int rows) {
        if (rows != 1) {
            throw new IllegalStateException("I1: number of " + what + " for sale " + sale + ": " + rows);
        }
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock);
    }
}

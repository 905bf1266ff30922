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
import java.time.temporal.ChronoUnit;
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
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sets goods apart for sales, once per sale, and takes back what a sale has not sold, once and for all: what comes back to a sale
 * after that goes on to the normal stock. What was refused stays refused. The quota is locked first and the stock after it, in the
 * order of the SKUs.
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
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.transaction.setTimeout((int) TIMEOUT.toSeconds());
        this.clock = clock;
    }

    /** Whatever comes of it comes of the same request ever after, however late it arrives: also a refusal. */
    SettingApart setApart(SaleId sale, Sku sku, Quantity quota) {
        Optional<SaleQuotaRow> earlier = quotas.find(sale.value());
        if (earlier.isPresent()) {
            return repeated(earlier.get(), sku, quota);
        }
        try {
            SettingApart outcome = Objects.requireNonNull(transaction.execute(status -> decide(sale, sku, quota)));
            log.info("Setting {} of {} apart for sale {}: {}", quota, sku, sale, outcome);
            return outcome;
        } catch (DuplicateKeyException e) {
            // A twin came first.
            return repeated(quotas.find(sale.value()).orElseThrow(() -> e), sku, quota);
        }
    }

    private SettingApart decide(SaleId sale, Sku sku, Quantity quota) {
        requireOne("quotas noted", sale, quotas.insert(sale.value(), sku.value(), quota.value(), now()));
        OptionalLong available = levels.lockAvailable(sku);
        if (available.isEmpty()) {
            refuse(sale, Refusal.UNKNOWN_SKU, null);
            return new SettingApart.UnknownSku();
        }
        if (available.getAsLong() < quota.value()) {
            refuse(sale, Refusal.QUOTA_EXCEEDS_STOCK, available.getAsLong());
            return new SettingApart.TooFew(available.getAsLong());
        }
        levels.setApart(sku, sku.in(sale), quota);
        return new SettingApart.Done();
    }

    private void refuse(SaleId sale, Refusal why, @Nullable Long available) {
        requireOne("quotas refused", sale, quotas.refused(sale.value(), why.code(), available));
    }

    private static SettingApart repeated(SaleQuotaRow earlier, Sku sku, Quantity quota) {
        return earlier.answerTo(sku, quota).orElseGet(SettingApart.Otherwise::new);
    }

    /** @return empty if nothing was ever set apart for the sale; otherwise how many pieces went back now */
    Optional<Long> giveBack(SaleId sale) {
        return Objects.requireNonNull(transaction.execute(status -> quotas.lock(sale.value())
                .filter(SaleQuotas::wasSetApart)
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

    private static boolean wasSetApart(SaleQuotaRow quota) {
        return quota.status() != Status.REFUSED;
    }

    private static void requireOne(String what, SaleId sale, int rows) {
        if (rows != 1) {
            throw new IllegalStateException("I1: number of " + what + " for sale " + sale + ": " + rows);
        }
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock).truncatedTo(ChronoUnit.MILLIS);
    }
}

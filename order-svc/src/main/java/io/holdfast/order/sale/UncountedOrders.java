package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.order.model.SaleId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sales with orders that their counters may not know of, because Redis did not answer when they were placed. Until the counters have
 * been compared with all orders, a buyer whom they refuse may have an order all the same. Kept in the database, so that all instances
 * know of it a second later, even if this one has died.
 */
@Component
class UncountedOrders {

    private static final Logger log = LoggerFactory.getLogger(UncountedOrders.class);

    /** With more than that every sale counts as one of them. */
    private static final int MAX_SALES = 1_000;

    /** One statement for all orders of that time. */
    private static final Duration NOTED = Duration.ofSeconds(1);

    /** Until a refresh has read what was noted here, also if some fail. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private final SaleRepository repository;
    private final Cache<SaleId, Boolean> justNoted =
            Caffeine.newBuilder().maximumSize(MAX_SALES).expireAfterWrite(NOTED).build();
    private final Cache<SaleId, Boolean> notedHere = Caffeine.newBuilder()
            .maximumSize(MAX_SALES)
            .expireAfterWrite(REMEMBERED)
            .build();

    private volatile Set<SaleId> read = Set.of();
    private volatile boolean tooMany;

    UncountedOrders(SaleRepository repository) {
        this.repository = repository;
    }

    /**
     * From now on, orders of the sale may be placed without its counters.
     *
     * @throws org.springframework.dao.DataAccessException if that cannot be written down; then no order should be
     */
    void noteIn(SaleId sale) {
        notedHere.put(sale, true);
        justNoted.get(sale, id -> {
            repository.noteUncounted(id);
            return true;
        });
    }

    /** As {@link #noteIn}, for an order that is placed already: its answer does not wait for a database that is down. */
    void noteAfterwards(SaleId sale) {
        try {
            noteIn(sale);
        } catch (RuntimeException e) {
            log.warn("Redis may not know of an order in sale {}, and that could not be noted", sale, e);
        }
    }

    boolean mayBeIn(SaleId sale) {
        return tooMany || read.contains(sale) || notedHere.getIfPresent(sale) != null;
    }

    @Scheduled(fixedDelayString = "${holdfast.order.sale.refresh-interval:1s}")
    void refresh() {
        try {
            List<SaleId> sales = repository.uncounted(MAX_SALES);
            tooMany = sales.size() == MAX_SALES;
            read = Set.copyOf(sales);
        } catch (RuntimeException e) {
            log.warn("It could not be read which sales have orders that Redis may not know of", e);
        }
    }
}

package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The sales as this instance knows them, so that a request that is refused costs no SQL statement. A change by another instance is
 * known here a second later; the database, which decides in the end, knows it at once.
 */
@Component
class SaleCache {

    private static final Logger log = LoggerFactory.getLogger(SaleCache.class);
    private static final int MAX_SALES = 10_000;
    private static final Duration UNSETTLED = Duration.ofSeconds(1);

    private final SaleRepository repository;

    /** They never change again. */
    private final Cache<SaleId, Sale> ended =
            Caffeine.newBuilder().maximumSize(MAX_SALES).build();

    /** Ids without a sale, and sales that may still change. */
    private final Cache<SaleId, Optional<Sale>> unsettled = Caffeine.newBuilder()
            .maximumSize(MAX_SALES)
            .expireAfterWrite(UNSETTLED)
            .build();

    private volatile Map<SaleId, Sale> running = Map.of();

    SaleCache(SaleRepository repository) {
        this.repository = repository;
    }

    /** A sale by its id, in whatever stage. */
    Optional<Sale> find(SaleId id) {
        Sale known = running.get(id);
        if (known == null) {
            known = ended.getIfPresent(id);
        }
        return known != null ? Optional.of(known) : unsettled.get(id, this::read);
    }

    /** As {@link #find}, but as the database has it now. */
    Optional<Sale> findAnew(SaleId id) {
        Optional<Sale> sale = repository.find(id);
        sale.ifPresent(found -> note(new SaleChanged(found)));
        return sale;
    }

    /** Those that sell, will sell, or are paused. */
    Collection<Sale> running() {
        return running.values();
    }

    private Optional<Sale> read(SaleId id) {
        Optional<Sale> sale = repository.find(id);
        sale.filter(found -> hasEnded(found.stage())).ifPresent(found -> ended.put(id, found));
        return sale;
    }

    @Scheduled(fixedDelayString = "${holdfast.order.sale.refresh-interval:1s}")
    synchronized void refresh() {
        try {
            List<Sale> now = repository.running();
            running = now.stream().collect(Collectors.toUnmodifiableMap(Sale::id, Function.identity()));
        } catch (RuntimeException e) {
            log.warn("The sales could not be read; those that were known a moment ago go on", e);
        }
    }

    /** Before all other listeners. */
    @EventListener
    @Order(Ordered.HIGHEST_PRECEDENCE)
    synchronized void note(SaleChanged change) {
        Sale sale = change.sale();
        unsettled.invalidate(sale.id());
        if (hasEnded(sale.stage())) {
            ended.put(sale.id(), sale);
        }
        Map<SaleId, Sale> now = running.values().stream()
                .filter(known -> !known.id().equals(sale.id()))
                .collect(Collectors.toMap(Sale::id, Function.identity()));
        if (sale.stage() == SaleStage.READY || sale.stage() == SaleStage.PAUSED) {
            now.put(sale.id(), sale);
        }
        running = Map.copyOf(now);
    }

    private static boolean hasEnded(SaleStage stage) {
        return switch (stage) {
            case CLOSING, CLOSED, REFUSED -> true;
            case PREPARING, READY, PAUSED -> false;
        };
    }
}

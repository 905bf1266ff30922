package io.holdfast.order.soldout;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * SKUs that stock-svc has just refused as sold out. In a rush most orders come too late, and without this each of them would cost a
 * global transaction and a row lock.
 *
 * <p>It is a cache and never the truth: if the event of new goods is late, their orders are refused for as long as an entry lives, which
 * is why that is so short.
 */
public final class SoldOut {

    /** Longer than any call to stock-svc takes: an answer from before the goods came in is outdated by then. */
    private static final Duration HEARD = Duration.ofMinutes(1);

    private final Cache<Sku, Boolean> skus;

    /** When goods last came in, by SKU and in the time of {@link #now}. */
    private final Cache<Sku, Long> cameIn;

    private final AtomicLong arrivals = new AtomicLong();

    /**
     * @param memory how long an entry lives; zero remembers nothing
     * @param maxSkus entries at most; the oldest go first
     */
    public SoldOut(Duration memory, int maxSkus, Ticker ticker) {
        this.skus = Caffeine.newBuilder()
                .maximumSize(maxSkus)
                .expireAfterWrite(memory)
                .ticker(ticker)
                .build();
        this.cameIn = Caffeine.newBuilder()
                .maximumSize(maxSkus)
                .expireAfterWrite(HEARD)
                .ticker(ticker)
                .build();
    }

    /** How often goods came in so far, of whatever SKU: take it before you ask stock-svc. */
    public long now() {
        return arrivals.get();
    }

    /**
     * stock-svc has none left.
     *
     * @param askedAt before it was asked: if goods came in since then, its answer may be older than they are
     */
    public void note(Sku sku, long askedAt) {
        skus.asMap().compute(sku, (key, known) -> {
            Long since = cameIn.getIfPresent(key);
            return since == null || since <= askedAt ? Boolean.TRUE : known;
        });
    }

    /** There are goods again. */
    public void goodsCameIn(Sku sku) {
        // First: a concurrent note() either comes before the entry is removed, or sees this.
        cameIn.put(sku, arrivals.incrementAndGet());
        skus.invalidate(sku);
    }

    /** The first SKU of the purchase that is sold out. */
    public Optional<Sku> in(Purchase purchase) {
        return purchase.lines().stream()
                .map(OrderLine::sku)
                .filter(sku -> skus.getIfPresent(sku) != null)
                .findFirst();
    }
}

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
 * SKUs of which stock-svc has just said that none is left. In a rush most orders come too late, and each would cost a global
 * transaction and a row lock to be told so.
 *
 * <p>It is never the truth: until it is heard that goods came in, they are ordered in vain for as long as an entry lives, which is why
 * that is so short.
 */
public final class SoldOut {

    /** Longer than stock-svc is waited for: what it said before goods came in is no news any more. */
    private static final Duration HEARD = Duration.ofMinutes(1);

    private final Cache<Sku, Boolean> skus;

    /** When it was last heard of a SKU that goods came in, by {@link #now}. */
    private final Cache<Sku, Long> cameIn;

    private final AtomicLong arrivals = new AtomicLong();

    /**
     * @param memory how long an entry lives; zero remembers nothing
     * @param mostSkus entries at most; the oldest go first
     */
    public SoldOut(Duration memory, int mostSkus, Ticker ticker) {
        this.skus = Caffeine.newBuilder()
                .maximumSize(mostSkus)
                .expireAfterWrite(memory)
                .ticker(ticker)
                .build();
        this.cameIn = Caffeine.newBuilder()
                .maximumSize(mostSkus)
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
        // First: who notes at this moment does so before the entry goes, or sees this.
        cameIn.put(sku, arrivals.incrementAndGet());
        skus.invalidate(sku);
    }

    /** The first SKU of the purchase that there is nothing left of. */
    public Optional<Sku> in(Purchase purchase) {
        return purchase.lines().stream()
                .map(OrderLine::sku)
                .filter(sku -> skus.getIfPresent(sku) != null)
                .findFirst();
    }
}

package io.holdfast.order.soldout;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.util.Optional;

/**
 * SKUs of which stock-svc has just said that none is left. In a rush most orders come too late, and each would cost a global
 * transaction and a row lock to be told so.
 *
 * <p>It is never the truth: new goods are ordered in vain for as long as an entry lives, which is why that is so short.
 */
public final class SoldOut {

    private final Cache<Sku, Boolean> skus;

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
    }

    public void note(Sku sku) {
        skus.put(sku, true);
    }

    /** The first SKU of the purchase that there is nothing left of. */
    public Optional<Sku> in(Purchase purchase) {
        return purchase.lines().stream()
                .map(OrderLine::sku)
                .filter(sku -> skus.getIfPresent(sku) != null)
                .findFirst();
    }
}

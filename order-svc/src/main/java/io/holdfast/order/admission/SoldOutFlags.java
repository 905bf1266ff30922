package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Sales that were just found sold out, with those who got something: to everybody else this instance says so by itself. Those who got
 * something may be asking for their own order once more, so they are asked for in Redis.
 *
 * <p>A piece that comes back through another instance is offered here when the flag falls, a moment later.
 */
class SoldOutFlags {

    private static final int MOST_SALES = 100;

    private final Cache<SaleId, Buyers> up;
    private final Cache<SaleId, Buyers> last =
            Caffeine.newBuilder().maximumSize(MOST_SALES).build();

    /** @param memory how long a flag stays up */
    SoldOutFlags(Duration memory, Ticker ticker) {
        this.up = Caffeine.newBuilder()
                .maximumSize(MOST_SALES)
                .expireAfterWrite(memory)
                .ticker(ticker)
                .build();
    }

    boolean isUpFor(String buyer, SaleId sale) {
        Buyers buyers = up.getIfPresent(sale);
        return buyers != null && !buyers.names().contains(buyer);
    }

    /**
     * @param generation changes whenever a slot comes back, so whoever has something is the same as long as it does not
     * @param names reads them; empty if there are too many to be remembered
     */
    void raise(SaleId sale, String generation, Supplier<Optional<Set<String>>> names) {
        Buyers known = last.getIfPresent(sale);
        if (known == null || !known.generation().equals(generation)) {
            Optional<Set<String>> found = names.get();
            if (found.isEmpty()) {
                return;
            }
            known = new Buyers(generation, Set.copyOf(found.get()));
            last.put(sale, known);
        }
        up.put(sale, known);
    }

    void lower(SaleId sale) {
        up.invalidate(sale);
    }

    private record Buyers(String generation, Set<String> names) {}
}

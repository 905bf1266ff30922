package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Sales that were just found sold out, with those who got something: to everybody else this instance says so by itself. Those who got
 * something may be asking for their own order once more, so they are asked for in Redis.
 *
 * <p>After a moment one of those who come asks Redis anew, and the others still hear what was found last: if the whole crowd asked at
 * once, Redis would answer none of them in time. What nobody could ask about for some moments more is forgotten. So a piece that comes
 * back through another instance is offered here a moment later.
 */
class SoldOutFlags {

    /** For how many times its memory a flag is believed while nobody gets an answer. */
    static final int MOMENTS_OF_TRUST = 4;

    private static final int MOST_SALES = 100;

    private final long memoryNanos;
    private final Ticker ticker;
    private final Cache<SaleId, Flag> up;
    private final Cache<SaleId, Buyers> last =
            Caffeine.newBuilder().maximumSize(MOST_SALES).build();
    private final Set<SaleId> raising = ConcurrentHashMap.newKeySet();

    /** @param memory how long a flag is up before somebody asks again */
    SoldOutFlags(Duration memory, Ticker ticker) {
        this.memoryNanos = memory.toNanos();
        this.ticker = ticker;
        this.up = Caffeine.newBuilder()
                .maximumSize(MOST_SALES)
                .expireAfterWrite(memory.multipliedBy(MOMENTS_OF_TRUST))
                .ticker(ticker)
                .build();
    }

    /** @return false if this buyer has to ask Redis */
    boolean isUpFor(String buyer, SaleId sale) {
        Flag flag = up.getIfPresent(sale);
        if (flag == null || flag.buyers().names().contains(buyer)) {
            return false;
        }
        long now = ticker.read();
        long due = flag.askAgainAt().get();
        return now - due < 0 || !flag.askAgainAt().compareAndSet(due, now + memoryNanos);
    }

    /**
     * @param generation changes whenever a slot comes back, so whoever has something is the same as long as it does not
     * @param names reads them; empty if there are too many to be remembered
     */
    void raise(SaleId sale, String generation, Supplier<Optional<Set<String>>> names) {
        if (!raising.add(sale)) {
            // Somebody reads the names at this moment.
            return;
        }
        try {
            Buyers known = last.getIfPresent(sale);
            if (known == null || !known.generation().equals(generation)) {
                Optional<Set<String>> found = names.get();
                if (found.isEmpty()) {
                    return;
                }
                known = new Buyers(generation, Set.copyOf(found.get()));
                last.put(sale, known);
            }
            up.put(sale, new Flag(known, new AtomicLong(ticker.read() + memoryNanos)));
        } finally {
            raising.remove(sale);
        }
    }

    void lower(SaleId sale) {
        up.invalidate(sale);
    }

    /** @param askAgainAt by the ticker; whoever moves it on asks */
    private record Flag(Buyers buyers, AtomicLong askAgainAt) {}

    private record Buyers(String generation, Set<String> names) {}
}

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

    /** How long those who got something are remembered of a sale that nobody asks for any more. */
    static final Duration NAMES_KEPT = Duration.ofMinutes(1);

    private final long memoryNanos;
    private final Ticker ticker;
    private final Cache<SaleId, Flag> flags;
    private final Set<SaleId> raising = ConcurrentHashMap.newKeySet();

    /**
     * @param memory how long a flag is up before somebody asks again
     * @param mostNames names in memory, of all sales together; what is asked for least goes first. A sale counts as one, too
     */
    SoldOutFlags(Duration memory, long mostNames, Ticker ticker) {
        this.memoryNanos = memory.toNanos();
        this.ticker = ticker;
        this.flags = Caffeine.newBuilder()
                .maximumWeight(mostNames)
                .weigher((SaleId sale, Flag flag) -> 1 + flag.buyers().names().size())
                .expireAfterWrite(NAMES_KEPT)
                .ticker(ticker)
                .build();
    }

    /** @return false if this buyer has to ask Redis */
    boolean isUpFor(String buyer, SaleId sale) {
        Flag flag = flags.getIfPresent(sale);
        long now = ticker.read();
        if (flag == null || !flag.isUp(now) || flag.buyers().names().contains(buyer)) {
            return false;
        }
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
            Flag last = flags.getIfPresent(sale);
            Buyers known = last == null ? null : last.buyers();
            if (known == null || !known.generation().equals(generation)) {
                Optional<Set<String>> found = names.get();
                if (found.isEmpty()) {
                    flags.invalidate(sale);
                    return;
                }
                known = new Buyers(generation, Set.copyOf(found.get()));
            }
            long now = ticker.read();
            flags.put(
                    sale,
                    new Flag(
                            known,
                            new AtomicLong(now + memoryNanos),
                            new AtomicLong(now + MOMENTS_OF_TRUST * memoryNanos)));
        } finally {
            raising.remove(sale);
        }
    }

    void lower(SaleId sale) {
        Flag flag = flags.getIfPresent(sale);
        if (flag != null) {
            flag.upUntil().set(ticker.read());
        }
    }

    /** The sale is over. */
    void forget(SaleId sale) {
        flags.invalidate(sale);
    }

    /** How much there is in memory, by what is bounded. */
    long size() {
        flags.cleanUp();
        return flags.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /**
     * @param askAgainAt by the ticker; whoever moves it on asks
     * @param upUntil by the ticker; then the names are all that is left of it
     */
    private record Flag(Buyers buyers, AtomicLong askAgainAt, AtomicLong upUntil) {

        boolean isUp(long now) {
            return now - upUntil.get() < 0;
        }
    }

    private record Buyers(String generation, Set<String> names) {}
}

package io.holdfast.order.sale;

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
 * Remembers sales that were just found sold out, and the buyers who got something. This instance refuses all other buyers without
 * asking Redis. Those who got something may be repeating the request for their own order, so Redis is asked for them.
 *
 * <p>After a moment one request asks Redis anew, while the others still get the last answer: if all asked at once, Redis would answer
 * none of them in time. A flag that could not be renewed for some moments expires. So a piece that comes back through another instance
 * is offered here a moment later.
 */
class SoldOutFlags {

    /** A flag that cannot be renewed is trusted for so many times its time to live. */
    static final int MOMENTS_OF_TRUST = 4;

    /** How long the buyers are remembered of a sale that nobody asks for any more. */
    static final Duration NAMES_KEPT = Duration.ofMinutes(1);

    private final long timeToLiveNanos;
    private final Ticker ticker;
    private final Cache<SaleId, Flag> flags;
    private final Set<SaleId> raising = ConcurrentHashMap.newKeySet();

    /**
     * @param timeToLive how long a flag is up before somebody asks again
     * @param maxNames names in memory, of all sales together; the least used goes first. A sale counts as one, too
     */
    SoldOutFlags(Duration timeToLive, long maxNames, Ticker ticker) {
        this.timeToLiveNanos = timeToLive.toNanos();
        this.ticker = ticker;
        this.flags = Caffeine.newBuilder()
                .maximumWeight(maxNames)
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
        return now - due < 0 || !flag.askAgainAt().compareAndSet(due, now + timeToLiveNanos);
    }

    /**
     * @param generation changes whenever a slot comes back; until then the buyers are the same
     * @param names reads them; empty if there are too many to be remembered
     */
    void raise(SaleId sale, String generation, Supplier<Optional<Set<String>>> names) {
        if (!raising.add(sale)) {
            // Another thread is reading the names.
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
                            new AtomicLong(now + timeToLiveNanos),
                            new AtomicLong(now + MOMENTS_OF_TRUST * timeToLiveNanos)));
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

    /** What is in memory, in the unit of its bound. */
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

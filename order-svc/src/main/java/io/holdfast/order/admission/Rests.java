package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How long each sale is left alone after a look at its counters: what takes long is done less often, so that no sale takes more of the
 * time than one part of {@link #SHARE}. A look that failed earns no rest: it took long because somebody was away, and is the one that
 * is needed most. Neither does a single slow look among quick ones: then the machine was busy.
 *
 * <p>Not for several threads.
 */
final class Rests {

    static final int SHARE = 40;

    private final Ticker ticker;
    private final Map<SaleId, Look> last = new HashMap<>();

    Rests(Ticker ticker) {
        this.ticker = ticker;
    }

    boolean isResting(SaleId sale) {
        Look look = last.get(sale);
        return look != null && ticker.read() - look.end() < look.rest();
    }

    /** Looks, and notes how long it took; if it throws, nothing is noted. */
    void timed(SaleId sale, Runnable work) {
        Look before = last.remove(sale);
        long start = ticker.read();
        work.run();
        long end = ticker.read();
        long took = end - start;
        last.put(sale, new Look(end, took, SHARE * Math.min(took, before == null ? took : before.took())));
    }

    /** All others are forgotten. */
    void keep(Collection<SaleId> sales) {
        last.keySet().retainAll(sales);
    }

    /**
     * In nanoseconds.
     *
     * @param end by the ticker
     * @param rest that follows
     */
    private record Look(long end, long took, long rest) {}
}

package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How long each sale is left alone after a look at its counters: what takes long is done less often, and the less often the more sales
 * there are, so that all of them together take no more of the time than one part of {@link #SHARE}. A look that failed earns no
 * rest: it took long because somebody was away, and is the one that is needed most. Neither does a single slow look among quick ones:
 * then the machine was busy.
 *
 * <p>Not for several threads.
 */
final class Rests {

    static final int SHARE = 40;

    private final Ticker ticker;
    private final Map<SaleId, Look> last = new HashMap<>();
    private int sales = 1;

    Rests(Ticker ticker) {
        this.ticker = ticker;
    }

    boolean isResting(SaleId sale) {
        Look look = last.get(sale);
        return look != null && ticker.read() - look.end() < sales * look.rest();
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

    /** These share the time from now on; all others are forgotten. */
    void keep(Collection<SaleId> running) {
        last.keySet().retainAll(running);
        sales = Math.max(1, running.size());
    }

    /**
     * In nanoseconds.
     *
     * @param end by the ticker
     * @param rest that follows if there is no other sale
     */
    private record Look(long end, long took, long rest) {}
}

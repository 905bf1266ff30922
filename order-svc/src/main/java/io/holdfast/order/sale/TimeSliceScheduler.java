package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which part of a sale is compared next, and when. All comparisons together take at most the {@link #SHARE}th part of the time,
 * spread evenly, so that the buyers of a large sale do not notice them. Only the parts of a sale that is new here are compared at once,
 * however long that takes.
 *
 * <p>A comparison that failed is not counted: it took long because a server was down, and it is the one that is needed most. Neither is
 * a single slow one among quick ones: then the machine was busy.
 *
 * <p>Not for several threads.
 */
final class TimeSliceScheduler {

    static final int SHARE = 40;

    private final Ticker ticker;
    private final long interval;
    private final Map<SaleId, Slices> slices = new HashMap<>();
    private int sales = 1;

    /** @param interval between two slices of a sale; what was not used up in that time is lost */
    TimeSliceScheduler(Ticker ticker, Duration interval) {
        this.ticker = ticker;
        this.interval = interval.toNanos();
    }

    /** These share the time from now on; all others are forgotten. */
    void keep(Collection<SaleId> running) {
        slices.keySet().retainAll(running);
        sales = Math.max(1, running.size());
    }

    /**
     * Compares as many parts of a sale as its time allows, each at most once. An exception ends the slice, and the next one begins with
     * the same part.
     *
     * @param compare answers whether this part has to be compared again soon
     */
    void run(Sale sale, Predicate<SalePart> compare) {
        slices.computeIfAbsent(sale.id(), id -> new Slices(SalePart.allOf(sale.terms())))
                .run(compare);
    }

    private final class Slices {

        private final Deque<SalePart> queue;
        private final Set<SalePart> neverSeen;

        /** Come back to once: others wait, too. */
        private final Set<SalePart> seenAgain = new HashSet<>();

        /** By the ticker. */
        private long due = ticker.read();

        private long lastTook = Long.MAX_VALUE;

        Slices(List<SalePart> parts) {
            this.queue = new ArrayDeque<>(parts);
            this.neverSeen = new HashSet<>(parts);
        }

        void run(Predicate<SalePart> compare) {
            List<SalePart> again = new ArrayList<>();
            try {
                for (int left = queue.size(); left > 0 && isDue(queue.element()); left--) {
                    SalePart part = queue.element();
                    boolean comeBack = timed(part, compare);
                    queue.remove();
                    if (comeBack && seenAgain.add(part)) {
                        again.add(part);
                    } else {
                        seenAgain.remove(part);
                        queue.add(part);
                    }
                }
            } finally {
                for (int i = again.size() - 1; i >= 0; i--) {
                    queue.addFirst(again.get(i));
                }
            }
        }

        private boolean isDue(SalePart part) {
            return neverSeen.contains(part) || ticker.read() - due >= 0;
        }

        private boolean timed(SalePart part, Predicate<SalePart> compare) {
            long start = ticker.read();
            boolean comeBack = compare.test(part);
            long end = ticker.read();
            long took = end - start;
            if (!neverSeen.remove(part)) {
                long notBefore = end - interval;
                due = (due - notBefore > 0 ? due : notBefore) + SHARE * sales * Math.min(took, lastTook);
            }
            lastTook = took;
            return comeBack;
        }
    }
}

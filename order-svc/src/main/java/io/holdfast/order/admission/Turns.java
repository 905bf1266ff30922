package io.holdfast.order.admission;

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
 * Which part of a sale is looked at next, and when: all looks together take no more than one part of {@link #SHARE} of the time,
 * spread evenly, so that the buyers of a large sale do not notice them. Only of a sale that is new here each part is looked at at once,
 * whatever that takes.
 *
 * <p>A look that failed costs nothing: it took long because somebody was away, and is the one that is needed most. Neither does a
 * single slow look among quick ones: then the machine was busy.
 *
 * <p>Not for several threads.
 */
final class Turns {

    static final int SHARE = 40;

    private final Ticker ticker;
    private final long interval;
    private final Map<SaleId, Turn> turns = new HashMap<>();
    private int sales = 1;

    /** @param interval between two turns of a sale; what was not used up in that time is lost */
    Turns(Ticker ticker, Duration interval) {
        this.ticker = ticker;
        this.interval = interval.toNanos();
    }

    /** These share the time from now on; all others are forgotten. */
    void keep(Collection<SaleId> running) {
        turns.keySet().retainAll(running);
        sales = Math.max(1, running.size());
    }

    /**
     * Looks at as many parts of a sale as its time allows, at each once at the most. What one of these looks throws ends the turn, and
     * the next turn begins with that part.
     *
     * @param look tells whether it has to come back to this part soon
     */
    void take(Sale sale, Predicate<SalePart> look) {
        turns.computeIfAbsent(sale.id(), id -> new Turn(SalePart.allOf(sale.terms())))
                .take(look);
    }

    private final class Turn {

        private final Deque<SalePart> queue;
        private final Set<SalePart> neverSeen;

        /** Come back to once: others wait, too. */
        private final Set<SalePart> seenAgain = new HashSet<>();

        /** By the ticker. */
        private long due = ticker.read();

        private long lastTook = Long.MAX_VALUE;

        Turn(List<SalePart> parts) {
            this.queue = new ArrayDeque<>(parts);
            this.neverSeen = new HashSet<>(parts);
        }

        void take(Predicate<SalePart> look) {
            List<SalePart> again = new ArrayList<>();
            try {
                for (int left = queue.size(); left > 0 && mayLookAt(queue.element()); left--) {
                    SalePart part = queue.element();
                    boolean comeBack = timed(part, look);
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

        private boolean mayLookAt(SalePart part) {
            return neverSeen.contains(part) || ticker.read() - due >= 0;
        }

        private boolean timed(SalePart part, Predicate<SalePart> look) {
            long start = ticker.read();
            boolean comeBack = look.test(part);
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

package io.holdfast.order.refusals;

import io.holdfast.order.downstream.DownstreamStates;
import io.holdfast.order.downstream.DownstreamStates.DownstreamUnavailableException;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.store.OrderLists.Ended;
import io.holdfast.order.store.RefusedOrders;
import io.holdfast.order.store.RefusedOrders.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes refused orders that have been kept for long enough. With an order its Idempotency-Key is forgotten.
 *
 * <p>A refused order holds nothing, and is kept as long as that is not so: stock-svc and payment-svc are asked. One of which goods
 * are held, of which there is a payment, or whose card is still to be voided or refunded stays, for the reconciler and for
 * operators; so does one whose rows contradict each other. If a downstream service does not answer, nothing is removed.
 *
 * <p>Several instances may do it at once: what one is removing the others pass over.
 */
public final class OldRefusals {

    private static final Logger log = LoggerFactory.getLogger(OldRefusals.class);

    /** Of one run. What is left is for the next one. */
    private static final int MAX_PAGES = 50;

    private final RefusedOrders orders;
    private final DownstreamStates downstream;
    private final Clock clock;
    private final Duration kept;
    private final int page;

    /** Where the next run goes on, so that orders that have to stay do not keep the others from being looked at. */
    private @Nullable Place last;

    /**
     * @param kept how long a refused order is kept
     * @param page orders that are removed in one transaction
     */
    public OldRefusals(RefusedOrders orders, DownstreamStates downstream, Clock clock, Duration kept, int page) {
        this.orders = orders;
        this.downstream = downstream;
        this.clock = clock;
        this.kept = kept;
        this.page = page;
    }

    /** @return how many were removed */
    public synchronized int remove() {
        Instant before = clock.instant().minus(kept);
        int removed = 0;
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            List<Ended> old = orders.before(before, last, page);
            try {
                removed += remove(old, before);
            } catch (DownstreamUnavailableException e) {
                log.info("Old refused orders are kept for now: {}", e.getMessage());
                return removed;
            }
            if (old.size() < page) {
                last = null;
                break;
            }
            Ended end = old.get(old.size() - 1);
            last = new Place(end.id(), end.createdAt());
        }
        if (removed > 0) {
            log.info("{} refused orders are removed: they were kept for {}", removed, kept);
        }
        return removed;
    }

    private int remove(List<Ended> old, Instant before) {
        List<OrderId> ids = new ArrayList<>();
        for (Ended ended : old) {
            if (ended.order() == null) {
                log.warn("Refused order {} is kept: {}", ended.id(), ended.contradiction());
            } else {
                ids.add(ended.id());
            }
        }
        if (ids.isEmpty()) {
            return 0;
        }
        Set<OrderId> free = downstream.withNothingOpen(ids);
        if (free.size() < ids.size()) {
            log.warn(
                    "{} refused orders are kept: something is still held for them, or is to be given back",
                    ids.size() - free.size());
        }
        return free.isEmpty() ? 0 : orders.remove(free, before);
    }
}

package io.holdfast.order.refusals;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.RefusedOrders;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many of a buyer's orders may be refused within an hour. Each of them is written, and the downstream services are asked for it; so
 * a buyer who keeps ordering what cannot be had is refused for a while, before anything is written.
 *
 * <p>The truth is in the orders, and is counted there: it is one for all instances, and outlives them. But only of buyers whose order
 * was refused by this instance within the hour, and not with every order of theirs: a buyer whose orders are carried out costs a look-up
 * in memory. So a buyer can overdraw by what several instances do not know of each other yet, which is less than a budget for each, and
 * by the orders that are in flight.
 */
public final class RefusalBudget {

    /** Orders that were not taken because their buyer's budget is spent. */
    public static final String REFUSED = "holdfast.order.refusals.over.budget";

    static final Duration WINDOW = Duration.ofHours(1);

    /** After that, what other instances have refused is counted too. */
    private static final Duration COUNT_HOLDS = Duration.ofMinutes(1);

    /** Each some hundred bytes. Who is forgotten because there are more is counted anew after the next refusal. */
    private static final long MAX_BUYERS = 100_000;

    private final RefusedOrders orders;
    private final int perHour;
    private final Clock clock;
    private final Counter refused;
    private final Cache<String, Known> buyers = Caffeine.newBuilder()
            .maximumSize(MAX_BUYERS)
            .expireAfterWrite(WINDOW)
            .build();

    public RefusalBudget(RefusedOrders orders, int perHour, Clock clock, MeterRegistry meters) {
        this.orders = orders;
        this.perHour = perHour;
        this.clock = clock;
        this.refused = Counter.builder(REFUSED).register(meters);
    }

    /** @return how long the buyer has to wait; empty if an order of the buyer's may be taken */
    public Optional<Spent> spentBy(BuyerId buyer) {
        Known known = buyers.getIfPresent(buyer.value());
        if (known == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (!known.holdsAt(now)) {
            known = count(buyer, known, now);
        }
        Instant until = known.spentUntil();
        if (until == null || !now.isBefore(until)) {
            return Optional.empty();
        }
        refused.increment();
        return Optional.of(new Spent(perHour, Duration.between(now, until)));
    }

    /** An order was decided; if it was refused, and not because a service was away, it counts. */
    public void note(Order order) {
        if (order.whyRejected()
                .map(Rejection::reason)
                .filter(Rejection.Reason::isTheOrders)
                .isPresent()) {
            buyers.asMap().merge(order.purchase().buyer().value(), Known.FIRST, (known, first) -> known.andOneMore());
        }
    }

    private Known count(BuyerId buyer, Known before, Instant now) {
        List<Instant> newest = orders.newestOf(buyer, now.minus(WINDOW), perHour);
        // As soon as the oldest of them is older than the hour, there is room for one.
        Instant until = newest.size() < perHour ? null : newest.get(perHour - 1).plus(WINDOW);
        int left = perHour - newest.size();
        return buyers.asMap()
                .merge(
                        buyer.value(),
                        new Known(0, left, now, until),
                        // What was noted while this was counted stays noted.
                        (known, counted) -> new Known(Math.max(0, known.since() - before.since()), left, now, until));
    }

    /** @param forNow until the next order of that buyer is looked at */
    public record Spent(int perHour, Duration forNow) {}

    /**
     * What this instance knows of one buyer.
     *
     * @param since refusals since they were counted
     * @param left of the budget when they were counted
     * @param countedAt null if they never were
     * @param spentUntil null if something was left
     */
    private record Known(
            int since,
            int left,
            @Nullable Instant countedAt,
            @Nullable Instant spentUntil) {

        private static final Known FIRST = new Known(1, 0, null, null);

        Known andOneMore() {
            return new Known(since + 1, left, countedAt, spentUntil);
        }

        /** Half of what was left may be used here without counting: the other half may be, elsewhere. */
        boolean holdsAt(Instant now) {
            if (countedAt == null) {
                return false;
            }
            return spentUntil == null
                    ? since <= left / 2 && now.isBefore(countedAt.plus(COUNT_HOLDS))
                    : now.isBefore(spentUntil);
        }
    }
}

package io.holdfast.order.abandoned;

import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderLists.Undecided;
import io.holdfast.order.store.OrderRepository;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders that stayed RECEIVED because whoever placed them died, or could not ask the coordinator to roll back.
 *
 * <p>Their global transaction has no branch of order-svc, so the coordinator will not call us when it rolls the rest back. We
 * ask, for orders that are older than their transaction could be, and reject those whose transaction is over. If a Try of such an
 * order is still under way, it finds the order REJECTED, and refuses.
 */
public final class AbandonedOrders {

    private static final Logger log = LoggerFactory.getLogger(AbandonedOrders.class);

    private final OrderLists lists;
    private final OrderRepository repository;
    private final Function<String, GlobalTxOutcome> outcomeOf;
    private final Clock clock;
    private final Duration age;
    private final int pageSize;

    /** Where the next run goes on, so that orders which have to wait longer do not keep the others from being looked at. */
    private @Nullable Undecided last;

    /**
     * @param outcomeOf what the coordinator says of an xid
     * @param age from which on an order is looked at: the timeout of its global transaction and a margin
     * @param pageSize orders that are looked at in one run, oldest first
     */
    public AbandonedOrders(
            OrderLists lists,
            OrderRepository repository,
            Function<String, GlobalTxOutcome> outcomeOf,
            Clock clock,
            Duration age,
            int pageSize) {
        this.lists = lists;
        this.repository = repository;
        this.outcomeOf = outcomeOf;
        this.clock = clock;
        this.age = age;
        this.pageSize = pageSize;
    }

    /** @return how many orders were rejected */
    public synchronized int rejectThem() {
        List<Undecided> orders = lists.receivedBefore(clock.instant().minus(age), last, pageSize);
        last = orders.size() < pageSize ? null : orders.get(orders.size() - 1);
        int rejected = 0;
        // Orders of one group have one transaction, and one answer.
        Map<String, GlobalTxOutcome> outcomes = new HashMap<>();
        for (Undecided order : orders) {
            GlobalTxOutcome outcome = outcomes.computeIfAbsent(order.xid(), outcomeOf);
            if (outcome == GlobalTxOutcome.UNKNOWN) {
                // It would not answer the next question either, and each may take its whole timeout.
                log.warn(
                        "{} orders look abandoned, but the coordinator cannot be asked; they are left alone",
                        orders.size());
                return rejected;
            }
            if (isOver(outcome, order) && repository.reject(order.id(), order.xid(), Rejection.abandoned())) {
                log.warn(
                        "Order {} was abandoned and is rejected; its global transaction {} is {}",
                        order.id(),
                        order.xid(),
                        outcome);
                rejected++;
            }
        }
        return rejected;
    }

    private static boolean isOver(GlobalTxOutcome outcome, Undecided order) {
        return switch (outcome) {
            case ROLLED_BACK, FORGOTTEN -> true;
            // Something may still be reserved, and a REJECTED order holds nothing.
            case RUNNING, ROLLING_BACK, UNKNOWN -> false;
            case COMMITTED -> {
                log.error(
                        "ALARM Order {} is RECEIVED, but its global transaction {} is committed",
                        order.id(),
                        order.xid());
                yield false;
            }
        };
    }
}

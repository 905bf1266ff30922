package io.holdfast.order.placing;

import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.coordinator.CoordinatorUnavailableException;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.soldout.SoldOut;
import io.holdfast.order.store.OrderRepository;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Carries a group of orders out: one global transaction, one local transaction that writes all of them, and an answer to each of them.
 * An order that goes alone is a group of one.
 */
@Component
class OrderGroup {

    private static final Logger log = LoggerFactory.getLogger(OrderGroup.class);

    private final Coordinator coordinator;
    private final OrderRepository repository;
    private final GlobalTransactionRunner runner;
    private final SoldOut soldOut;
    private final Clock clock;

    OrderGroup(
            Coordinator coordinator,
            OrderRepository repository,
            GlobalTransactionRunner runner,
            SoldOut soldOut,
            Clock clock) {
        this.coordinator = coordinator;
        this.repository = repository;
        this.runner = runner;
        this.soldOut = soldOut;
        this.clock = clock;
    }

    /**
     * Answers every order of the group, whatever happens; throws nothing but what a JVM cannot go on with.
     *
     * @param group orders without a card, or one order with a card
     * @param againWithin how old an order may be to be run again if the group fails as a whole
     * @param begun is given the number of orders that share a global transaction, before they are tried
     */
    void carryOut(List<WaitingOrder> group, Duration againWithin, IntConsumer begun) {
        Map<WaitingOrder, Sku> exhausted = new LinkedHashMap<>();
        List<WaitingOrder> toPlace = new ArrayList<>();
        for (WaitingOrder waiting : group) {
            // Checked again: most who wait for the last pieces wait while others learn that there are none.
            Optional<Sku> sku = soldOut.in(waiting.order().purchase());
            sku.ifPresentOrElse(found -> exhausted.put(waiting, found), () -> toPlace.add(waiting));
        }
        if (!exhausted.isEmpty()) {
            refuse(exhausted);
        }
        if (!toPlace.isEmpty()) {
            place(toPlace, againWithin, begun);
        }
    }

    private void refuse(Map<WaitingOrder, Sku> exhausted) {
        List<WaitingOrder> taken = take(List.copyOf(exhausted.keySet()));
        enter(taken, waiting -> waiting.order().rejectedAtOnce(Rejection.soldOut(exhausted.get(waiting))))
                .forEach((order, waiting) -> {
                    log.info(
                            "Order {} is rejected at once: {} was just found sold out",
                            order.id(),
                            exhausted.get(waiting));
                    waiting.answer(PlacingResult.of(order));
                });
    }

    private void place(List<WaitingOrder> group, Duration againWithin, IntConsumer begun) {
        GlobalTx transaction;
        try {
            transaction = coordinator.begin();
        } catch (CoordinatorUnavailableException e) {
            log.warn("{} orders cannot be placed: {}", group.size(), e.getMessage());
            group.forEach(waiting -> waiting.answer(new PlacingResult.NotBegun()));
            return;
        }
        Map<Order, WaitingOrder> entered = Map.of();
        try {
            entered = enter(take(group), waiting -> waiting.order().placedBy(transaction.xid()));
        } finally {
            if (entered.isEmpty()) {
                transaction.rollback();
            }
        }
        if (entered.isEmpty()) {
            return;
        }
        begun.accept(entered.size());
        try {
            answer(
                    entered,
                    runner.place(
                            transaction,
                            List.copyOf(entered.keySet()),
                            group.get(0).card(),
                            order -> clock.instant().isBefore(order.createdAt().plus(againWithin))));
        } finally {
            // Only if something failed that nobody foresaw: they are written, and their rows will show it.
            entered.values().forEach(waiting -> waiting.answer(new PlacingResult.Undecided(waiting.order())));
        }
    }

    private static void answer(Map<Order, WaitingOrder> entered, List<Order> placed) {
        Map<OrderId, Order> byId = placed.stream().collect(Collectors.toMap(Order::id, Function.identity()));
        entered.forEach((order, waiting) -> {
            Order now = byId.get(order.id());
            if (now != null) {
                waiting.answer(PlacingResult.of(now));
            }
        });
    }

    private List<WaitingOrder> take(List<WaitingOrder> group) {
        return group.stream().filter(WaitingOrder::take).toList();
    }

    /**
     * Writes them down in one local transaction. Those whose key has an order already, of this group or of before, and those that
     * are more than their buyer may have of a sale, are answered so.
     *
     * @return the others, as they were written down
     */
    private Map<Order, WaitingOrder> enter(List<WaitingOrder> taken, Function<WaitingOrder, Order> asEntered) {
        if (taken.isEmpty()) {
            return Map.of();
        }
        Set<WaitingOrder.Key> keys = new HashSet<>();
        Map<OrderId, WaitingOrder> firsts = new LinkedHashMap<>();
        List<WaitingOrder> duplicates = new ArrayList<>();
        for (WaitingOrder waiting : taken) {
            if (keys.add(waiting.key())) {
                firsts.put(waiting.order().id(), waiting);
            } else {
                duplicates.add(waiting);
            }
        }
        try {
            Map<Order, WaitingOrder> entered = new LinkedHashMap<>();
            Map<OrderId, AuditedAction> acts = new HashMap<>();
            firsts.forEach((id, waiting) -> waiting.act().ifPresent(act -> acts.put(id, act)));
            for (Order order :
                    repository.enter(firsts.values().stream().map(asEntered).toList(), acts)) {
                entered.put(order, firsts.remove(order.id()));
            }
            duplicates.addAll(firsts.values());
            duplicates.forEach(waiting -> waiting.answer(new PlacingResult.NotEntered()));
            return entered;
        } catch (RuntimeException | Error e) {
            log.warn("{} orders could not be written down", taken.size(), e);
            taken.forEach(waiting -> waiting.fail(e));
            return Map.of();
        }
    }
}

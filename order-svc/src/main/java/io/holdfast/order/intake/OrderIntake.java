package io.holdfast.order.intake;

import io.holdfast.edge.IdempotencyKey;
import io.holdfast.edge.access.AuditedAct;
import io.holdfast.order.book.OrderBook;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.coordinator.CoordinatorUnavailableException;
import io.holdfast.order.grouping.GroupCommit;
import io.holdfast.order.grouping.GroupOutcome;
import io.holdfast.order.limits.LiveOrderLimits;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.RequestHash;
import io.holdfast.order.model.Sku;
import io.holdfast.order.placing.PlacingOrders;
import io.holdfast.order.refusals.RefusalBudget;
import io.holdfast.order.soldout.SoldOut;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The way of a request until it is an order that is being placed, and how it is answered. One (buyer, idempotency key) makes one
 * order, and all requests with it get that order's answer.
 */
@Component
class OrderIntake {

    private static final Logger log = LoggerFactory.getLogger(OrderIntake.class);

    private final OrderBook book;
    private final PlacingOrders placing;
    private final Coordinator coordinator;
    private final GroupCommit groups;
    private final LoneOrders lone;
    private final SoldOut soldOut;
    private final LiveOrderLimits limits;
    private final RefusalBudget budget;
    private final TwinWait twins;
    private final OrderIds ids;
    private final Clock clock;

    OrderIntake(
            OrderBook book,
            PlacingOrders placing,
            Coordinator coordinator,
            GroupCommit groups,
            LoneOrders lone,
            SoldOut soldOut,
            LiveOrderLimits limits,
            RefusalBudget budget,
            TwinWait twins,
            OrderIds ids,
            Clock clock) {
        this.book = book;
        this.placing = placing;
        this.coordinator = coordinator;
        this.groups = groups;
        this.lone = lone;
        this.soldOut = soldOut;
        this.limits = limits;
        this.budget = budget;
        this.twins = twins;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @return how the request ends
     * @throws InvalidOrderException if no order can be made of it; then nothing is written down
     */
    Taken take(PlaceOrderRequest request, IdempotencyKey key) {
        OrderCheck.Checked checked = OrderCheck.check(request);
        Purchase purchase = checked.purchase();
        return again(purchase, key).orElseGet(() -> {
            OrderCheck.check(purchase, limits.now());
            return budget.spentBy(purchase.buyer())
                    .<Taken>map(Taken.BudgetSpent::new)
                    .orElseGet(() -> counted(placeOrRefuse(received(purchase, key), checked.card())));
        });
    }

    private Taken placeOrRefuse(Order order, Optional<CardToken> card) {
        return soldOut.in(order.purchase()).map(sku -> refuse(order, sku)).orElseGet(() -> place(order, card));
    }

    /** Counts what was refused just now towards its buyer's budget. */
    private Taken counted(Taken taken) {
        if (taken instanceof Taken.Settled settled && settled.first()) {
            budget.note(settled.order());
        }
        return taken;
    }

    /**
     * How a request ends whose buyer had too many orders refused: with the answer to the order that its key made before, or with
     * nothing done.
     *
     * @return empty if the buyer may order
     */
    Optional<Taken> beyondBudget(Purchase purchase, IdempotencyKey key) {
        return budget.spentBy(purchase.buyer())
                .map(spent -> again(purchase, key).orElseGet(() -> new Taken.BudgetSpent(spent)));
    }

    /**
     * As {@link #take}, of an order in a sale: whoever calls has asked whether it may be had, so there is no look for an earlier one
     * of the same key first. If there is one, that is found out when the order is written down.
     *
     * @throws InvalidOrderException if it asks for more than is allowed; then nothing is written down
     */
    Taken takeInSale(OrderCheck.Checked checked, IdempotencyKey key) {
        OrderCheck.check(checked.purchase(), limits.now());
        return counted(place(received(checked.purchase(), key), checked.card()));
    }

    /** The answer to the order that the key has made before, if it has. */
    Optional<Taken> again(Purchase purchase, IdempotencyKey key) {
        return book.findByKey(purchase.buyer(), key.value()).map(earlier -> again(earlier, purchase));
    }

    /** Whether stock-svc has just said that there is none left. */
    boolean isSoldOut(Purchase purchase) {
        return soldOut.in(purchase).isPresent();
    }

    private Order received(Purchase purchase, IdempotencyKey key) {
        // The database keeps milliseconds; an order is the same before and after it is read back.
        return audited(Order.received(
                ids.next(), purchase, key.value(), clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    private static Order audited(Order order) {
        AuditedAct.tell(
                "order " + order.id() + " of " + order.purchase().buyer().value(),
                order.total().minor() + " " + order.total().currency());
        return order;
    }

    /** Refused from memory, and kept all the same: the same key gets the same answer when there are goods again. */
    private Taken refuse(Order order, Sku sku) {
        Order refused = order.rejectedAtOnce(Rejection.soldOut(sku));
        if (!book.enter(refused)) {
            return leftOut(order);
        }
        log.info("Order {} is rejected at once: {} was just found sold out", order.id(), sku);
        return new Taken.Settled(refused, true);
    }

    private Taken place(Order order, Optional<CardToken> card) {
        if (card.isEmpty() && groups.isOn()) {
            return placeInAGroup(order);
        }
        return lone.place(() -> placeAlone(order, card)).orElseGet(Taken.TooMany::new);
    }

    private Taken placeInAGroup(Order order) {
        GroupOutcome outcome = groups.place(order);
        if (outcome instanceof GroupOutcome.CarriedOut carriedOut) {
            return settled(carriedOut.order());
        }
        if (outcome instanceof GroupOutcome.LeftOut) {
            return leftOut(order);
        }
        if (outcome instanceof GroupOutcome.QueueFull) {
            return new Taken.TooMany();
        }
        return outcome instanceof GroupOutcome.NotBegun ? new Taken.NotBegun() : new Taken.Unknown(order);
    }

    private static Taken settled(Order placed) {
        return placed.status().isDecided() ? new Taken.Settled(placed, true) : new Taken.Unknown(placed);
    }

    private Taken placeAlone(Order order, Optional<CardToken> card) {
        GlobalTx transaction;
        try {
            transaction = coordinator.begin();
        } catch (CoordinatorUnavailableException e) {
            log.warn("No order can be placed: {}", e.getMessage());
            return new Taken.NotBegun();
        }
        if (!enter(order.placedBy(transaction.xid()), transaction)) {
            return leftOut(order);
        }
        Order placed = card.map(token -> placing.place(transaction, order, token))
                .orElseGet(() -> placing.place(transaction, List.of(order)).get(0));
        return settled(placed);
    }

    /** Ends the empty global transaction if there is nothing to be placed in it. */
    private boolean enter(Order order, GlobalTx transaction) {
        boolean entered = false;
        try {
            entered = book.enter(order);
            return entered;
        } finally {
            if (!entered) {
                transaction.rollback();
            }
        }
    }

    private Taken again(Order earlier, Purchase purchase) {
        if (!earlier.cameOf(RequestHash.of(purchase))) {
            return new Taken.KeyReused(earlier);
        }
        Order order = audited(twins.awaitDecision(earlier));
        return order.status().isDecided() ? new Taken.Settled(order, false) : new Taken.InProgress(order);
    }

    /** It was not written down: another one has its key, or it would have been too much of a sale. */
    private Taken leftOut(Order order) {
        Optional<Order> twin = book.findByKey(order.purchase().buyer(), order.idempotencyKey());
        if (twin.isPresent()) {
            return again(twin.get(), order.purchase());
        }
        if (order.purchase().sale().isEmpty()) {
            throw new IllegalStateException("The order that took the key of " + order.id() + " is gone");
        }
        return new Taken.NotOfTheSale();
    }

    /** How a request ends. */
    sealed interface Taken {

        /** @param first whether it was this request that made the order */
        record Settled(Order order, boolean first) implements Taken {}

        /** Another request with this key is still placing the order. */
        record InProgress(Order order) implements Taken {}

        /** This request's order may or may not be carried out; its row will tell. */
        record Unknown(Order order) implements Taken {}

        /** The key has an order already, which is another one. */
        record KeyReused(Order earlier) implements Taken {}

        /** Its buyer may not have that of the sale, or the sale does not sell; nothing was written down. */
        record NotOfTheSale() implements Taken {}

        /** Too many orders are being placed; nothing was written down. */
        record TooMany() implements Taken {}

        /** Too many of its buyer's orders were refused; nothing was written down. */
        record BudgetSpent(RefusalBudget.Spent spent) implements Taken {}

        /** The coordinator is away, or it would have taken too long; nothing was written down. */
        record NotBegun() implements Taken {}
    }
}

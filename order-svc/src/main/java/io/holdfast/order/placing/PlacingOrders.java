package io.holdfast.order.placing;

import io.holdfast.order.book.OrderBook;
import io.holdfast.order.book.OrderNotReceivedException;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.coordinator.CoordinatorUnavailableException;
import io.holdfast.order.coordinator.Fate;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.neighbour.Payments;
import io.holdfast.order.neighbour.Refusal;
import io.holdfast.order.neighbour.Stock;
import io.holdfast.order.neighbour.TryAnswer;
import io.holdfast.order.soldout.SoldOut;
import io.holdfast.tcc.TryRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Places orders that share a global transaction, one or many.
 *
 * <p>If neighbours refuse some of them, the transaction is rolled back, these are REJECTED, and the rest is run again in a new
 * one. Whatever happens, the truth is in the orders' own rows, and that is what is returned; of an order that is still RECEIVED or
 * PLACED nobody knows the end yet, and the coordinator or {@code AbandonedOrders} will bring it about.
 */
@Component
public class PlacingOrders {

    private static final Logger log = LoggerFactory.getLogger(PlacingOrders.class);

    /**
     * A neighbour names all orders that have to be left out at once. So one more round for each neighbour is the rule, and one
     * more is for stock or money that others took in between.
     */
    private static final int MOST_ROUNDS = 4;

    private final OrderBook book;
    private final Coordinator coordinator;
    private final Payments payments;
    private final Stock stock;
    private final OrderPlacement placement;
    private final SoldOut soldOut;

    PlacingOrders(
            OrderBook book,
            Coordinator coordinator,
            Payments payments,
            Stock stock,
            OrderPlacement placement,
            SoldOut soldOut) {
        this.book = book;
        this.coordinator = coordinator;
        this.payments = payments;
        this.stock = stock;
        this.placement = placement;
        this.soldOut = soldOut;
    }

    /**
     * @param transaction begun on this thread; ended when this returns, or throws
     * @param orders entered in the book as RECEIVED under the xid of that transaction; at least one
     * @return the same orders as their rows are afterwards
     */
    public List<Order> place(GlobalTx transaction, List<Order> orders) {
        GlobalTx current = transaction;
        List<Order> rest = run(current, orders);
        for (int round = 2; !rest.isEmpty(); round++) {
            Optional<GlobalTx> next = round > MOST_ROUNDS ? Optional.empty() : beginAgain(current.xid(), rest);
            if (next.isEmpty()) {
                rejectAll(rest, current.xid());
                break;
            }
            current = next.get();
            rest = run(current, rest);
        }
        return book.find(idsOf(orders));
    }

    /** One round. Ends the transaction, and returns the orders that are to be run again in another one. */
    private List<Order> run(GlobalTx transaction, List<Order> orders) {
        TryAnswer answer = tryAll(transaction, orders);
        if (answer instanceof TryAnswer.Done) {
            commit(transaction);
            return List.of();
        }
        if (answer instanceof TryAnswer.Unknown unknown) {
            log.warn("Global transaction {} is rolled back: {}", transaction.xid(), unknown.why());
        }
        Fate fate = transaction.rollback();
        if (!isSettled(fate)) {
            log.warn(
                    "The rollback of global transaction {} is not certain: {}; its orders stay RECEIVED for now",
                    transaction.xid(),
                    fate);
            return List.of();
        }
        if (answer instanceof TryAnswer.Refused refused) {
            return leaveOut(refused.refusals(), transaction.xid(), orders);
        }
        rejectAll(orders, transaction.xid());
        return List.of();
    }

    private TryAnswer tryAll(GlobalTx transaction, List<Order> orders) {
        try {
            TryAnswer answer = payments.open(orders);
            if (answer instanceof TryAnswer.Done) {
                answer = stock.reserve(orders);
            }
            if (answer instanceof TryAnswer.Done) {
                answer = placeRows(transaction.xid(), orders);
            }
            return answer;
        } catch (RuntimeException | Error e) {
            // Not foreseen; but a thread that stays bound to a global transaction would fail the next order too.
            transaction.rollback();
            throw e;
        }
    }

    private TryAnswer placeRows(String xid, List<Order> orders) {
        try {
            placement.place(null, idsOf(orders));
            return new TryAnswer.Done();
        } catch (OrderNotReceivedException | TryRefusedException e) {
            return new TryAnswer.Unknown("order.place was refused: " + e.getMessage());
        } catch (RuntimeException e) {
            log.warn("order.place failed in global transaction {}", xid, e);
            return new TryAnswer.Unknown("order.place failed: " + e);
        }
    }

    /** Asks for the commit. Until the Confirm is through, a decided order is CONFIRMING: it cannot be rejected any more. */
    private void commit(GlobalTx transaction) {
        Fate fate = transaction.commit();
        if (fate != Fate.COMMITTED) {
            // Not to be concluded from here: it may have run out of time and be rolled back, or be committed and
            // forgotten.
            log.warn("Global transaction {} was to be committed and is {}", transaction.xid(), fate);
            return;
        }
        // As a rule all are PAID by now, and this finds nothing.
        int waiting = book.awaitConfirm(transaction.xid());
        if (waiting > 0) {
            log.info("{} orders of global transaction {} wait for their Confirm", waiting, transaction.xid());
        }
    }

    /**
     * Whether it will never be committed. We are the only one who could have asked for that, and have not; so a transaction that
     * the coordinator has forgotten was rolled back by its timeout.
     */
    private static boolean isSettled(Fate fateAfterRollback) {
        return switch (fateAfterRollback) {
            case ROLLED_BACK, ROLLING_BACK, FORGOTTEN -> true;
            case RUNNING, COMMITTED, UNKNOWN -> false;
        };
    }

    private List<Order> leaveOut(List<Refusal> refusals, String xid, List<Order> orders) {
        Map<OrderId, Refusal> refused = refusals.stream()
                .collect(Collectors.toMap(Refusal::order, Function.identity(), (first, second) -> first));
        refused.values().forEach(refusal -> {
            refusal.exhaustedSku().ifPresent(soldOut::note);
            reject(refusal.order(), xid, refusal.why());
        });
        return orders.stream().filter(order -> !refused.containsKey(order.id())).toList();
    }

    private void rejectAll(List<Order> orders, String xid) {
        orders.forEach(order -> reject(order.id(), xid, Rejection.unavailable()));
    }

    private void reject(OrderId id, String xid, Rejection why) {
        boolean rejected = book.reject(id, xid, why);
        log.info(
                "Order {} {}: {} ({})",
                id,
                rejected ? "is rejected" : "was ended by somebody else, not",
                why.reason().code(),
                why.detail());
    }

    private Optional<GlobalTx> beginAgain(String previousXid, List<Order> orders) {
        GlobalTx next;
        try {
            next = coordinator.begin();
        } catch (CoordinatorUnavailableException e) {
            log.warn("{} orders are not run again: {}", orders.size(), e.getMessage());
            return Optional.empty();
        }
        try {
            book.rebind(idsOf(orders), previousXid, next.xid());
            return Optional.of(next);
        } catch (RuntimeException e) {
            next.rollback();
            throw e;
        }
    }

    private static List<OrderId> idsOf(List<Order> orders) {
        return orders.stream().map(Order::id).toList();
    }
}

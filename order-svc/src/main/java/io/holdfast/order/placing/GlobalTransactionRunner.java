package io.holdfast.order.placing;

import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.coordinator.CoordinatorUnavailableException;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.downstream.Payments;
import io.holdfast.order.downstream.Refusal;
import io.holdfast.order.downstream.Stock;
import io.holdfast.order.downstream.TryAnswer;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.soldout.SoldOut;
import io.holdfast.order.store.OrderNotReceivedException;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.PlacedOrders;
import io.holdfast.tcc.TryRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Places orders that share a global transaction, one or many.
 *
 * <p>If downstream services refuse some of them, the transaction is rolled back, these are REJECTED, and the rest is run again in a new
 * one, once the one before is rolled back. Whatever happens, the truth is in the orders' own rows, and that is what is returned; of an
 * order that is still RECEIVED or PLACED nobody knows the end yet, and the coordinator or {@code AbandonedOrders} will bring it about.
 */
@Component
public class GlobalTransactionRunner {

    private static final Logger log = LoggerFactory.getLogger(GlobalTransactionRunner.class);

    /**
     * A downstream service names all orders that have to be left out at once. So one more round for each service is the rule, and one
     * more is for stock or money that others took in between.
     */
    private static final int MAX_ROUNDS = 4;

    /** For a rollback to get through, before the same orders ask for what it may still hold. */
    private static final Duration MAX_WAIT_FOR_ROLLBACK = Duration.ofSeconds(2);

    private final OrderRepository repository;
    private final PlacedOrders placed;
    private final Coordinator coordinator;
    private final Payments payments;
    private final Stock stock;
    private final OrderPlacement placement;
    private final SoldOut soldOut;
    private final Polling polling;

    GlobalTransactionRunner(
            OrderRepository repository,
            PlacedOrders placed,
            Coordinator coordinator,
            Payments payments,
            Stock stock,
            OrderPlacement placement,
            SoldOut soldOut,
            Polling polling) {
        this.repository = repository;
        this.placed = placed;
        this.coordinator = coordinator;
        this.payments = payments;
        this.stock = stock;
        this.placement = placement;
        this.soldOut = soldOut;
        this.polling = polling;
    }

    /**
     * If several fail together, and it is certain that nothing came of it, they are run again: most of them have nothing to do with the
     * reason, be it a deadlock or a lock that was waited for too long. One that fails alone is not: its buyer gets the answer at once.
     *
     * @param transaction begun on this thread; ended when this returns, or throws
     * @param orders written as RECEIVED under the xid of that transaction; at least one
     * @param card of an order that is paid by card, and then is the only one: if the card is declined, or nobody knows, no other order
     *     has to be run again
     * @param hasTime whether an order may be run again after that; if not, it is rejected
     * @return the same orders as their rows are afterwards
     */
    public List<Order> place(
            GlobalTx transaction, List<Order> orders, Optional<CardToken> card, Predicate<Order> hasTime) {
        if (card.isPresent() && orders.size() != 1) {
            throw new IllegalArgumentException(orders.size() + " orders with one card");
        }
        Round round = new Round(transaction, orders);
        End end = run(round, card, hasTime);
        for (int rounds = 2; !end.rest().isEmpty(); rounds++) {
            Optional<Round> next = rounds > MAX_ROUNDS
                    ? Optional.empty()
                    : beginAgain(round.transaction().xid(), end);
            if (next.isEmpty()) {
                rejectAll(end.rest(), round.transaction().xid());
                break;
            }
            round = next.get();
            end = round.orders().isEmpty() ? End.withoutRest() : run(round, card, hasTime);
        }
        return end.committed() ? placed.decided(orders, round.transaction().xid()) : repository.current(orders);
    }

    /** One round. Ends the transaction. */
    private End run(Round round, Optional<CardToken> card, Predicate<Order> hasTime) {
        long askedAt = soldOut.now();
        TryAnswer answer = tryAll(round, card);
        return answer.fold(
                () -> new End(commit(round.transaction()), List.of(), GlobalTxOutcome.COMMITTED),
                refusals -> rollBack(round, () -> leaveOut(refusals, askedAt, round)),
                why -> {
                    log.warn("Global transaction {} is rolled back: {}", round.xid(), why);
                    return rollBack(round, () -> rejectUnless(hasTime, round));
                });
    }

    /**
     * Rolls a round back.
     *
     * @param rest what is called once it is certain that the round will never be committed, and returns what is to be run again
     */
    private End rollBack(Round round, Supplier<List<Order>> rest) {
        GlobalTxOutcome outcome = round.transaction().rollback();
        if (!willNeverCommit(outcome)) {
            log.warn(
                    "The rollback of global transaction {} is not certain: {}; its orders stay RECEIVED for now",
                    round.xid(),
                    outcome);
            return End.withoutRest();
        }
        return new End(false, rest.get(), outcome);
    }

    /** @return those that may be run again: of several, whoever has time */
    private List<Order> rejectUnless(Predicate<Order> hasTime, Round round) {
        boolean several = round.orders().size() > 1;
        Map<Boolean, List<Order>> byTime =
                round.orders().stream().collect(Collectors.partitioningBy(order -> several && hasTime.test(order)));
        rejectAll(byTime.get(false), round.xid());
        return byTime.get(true);
    }

    /**
     * The card comes after all other services, for what it holds without a decision has to be undone at the gateway; and before the Try
     * of the orders themselves: one that is refused is still RECEIVED then, and is rejected for that reason and no other.
     */
    private TryAnswer tryAll(Round round, Optional<CardToken> card) {
        List<Order> orders = round.orders();
        try {
            return payments.open(orders)
                    .andThen(() -> stock.reserve(orders))
                    .andThen(() -> card.map(token -> payments.authorize(orders.get(0), token))
                            .orElseGet(TryAnswer.Done::new))
                    .andThen(() -> placeRows(round.xid(), orders));
        } catch (RuntimeException | Error e) {
            // Not foreseen; but a thread that stays bound to a global transaction would fail the next order too.
            round.transaction().rollback();
            throw e;
        }
    }

    private TryAnswer placeRows(String xid, List<Order> orders) {
        try {
            placement.place(null, orders);
            return new TryAnswer.Done();
        } catch (OrderNotReceivedException | TryRefusedException e) {
            return new TryAnswer.Unknown("order.place was refused: " + e.getMessage());
        } catch (RuntimeException e) {
            log.warn("order.place failed in global transaction {}", xid, e);
            return new TryAnswer.Unknown("order.place failed: " + e);
        }
    }

    /** @return whether it is certain that every branch is or will be confirmed */
    private static boolean commit(GlobalTx transaction) {
        GlobalTxOutcome outcome = transaction.commit();
        if (outcome != GlobalTxOutcome.COMMITTED) {
            // Not to be concluded from here: it may have run out of time and be rolled back, or be committed and
            // forgotten.
            log.warn("Global transaction {} was to be committed and is {}", transaction.xid(), outcome);
        }
        return outcome == GlobalTxOutcome.COMMITTED;
    }

    /**
     * Whether it will never be committed. We are the only one who could have asked for that, and have not; so a transaction that
     * the coordinator has forgotten was rolled back by its timeout.
     */
    private static boolean willNeverCommit(GlobalTxOutcome afterRollback) {
        return switch (afterRollback) {
            case ROLLED_BACK, ROLLING_BACK, FORGOTTEN -> true;
            case RUNNING, COMMITTED, UNKNOWN -> false;
        };
    }

    /**
     * While a transaction is still being rolled back, a downstream service may hold what the same orders would ask for: they would be
     * refused for want of their own goods and money.
     *
     * @return whether it is rolled back in all branches, now or soon
     */
    private boolean isRolledBack(String xid, GlobalTxOutcome known) {
        return isOver(known)
                .or(() -> polling.await(() -> isOver(coordinator.outcomeOf(xid)), MAX_WAIT_FOR_ROLLBACK))
                .orElse(false);
    }

    /** @return whether it is rolled back; empty while it is still being rolled back */
    private static Optional<Boolean> isOver(GlobalTxOutcome outcome) {
        return switch (outcome) {
            case ROLLING_BACK -> Optional.empty();
            case ROLLED_BACK, FORGOTTEN -> Optional.of(true);
            case RUNNING, COMMITTED, UNKNOWN -> Optional.of(false);
        };
    }

    private List<Order> leaveOut(List<Refusal> refusals, long askedAt, Round round) {
        Map<OrderId, Refusal> refused = refusals.stream()
                .collect(Collectors.toMap(Refusal::order, Function.identity(), (first, second) -> first));
        refused.values().forEach(refusal -> refusal.exhaustedSku().ifPresent(sku -> soldOut.note(sku, askedAt)));
        reject(refused.values().stream().collect(Collectors.toMap(Refusal::order, Refusal::why)), round.xid());
        return round.orders().stream()
                .filter(order -> !refused.containsKey(order.id()))
                .toList();
    }

    private void rejectAll(List<Order> orders, String xid) {
        if (!orders.isEmpty()) {
            reject(orders.stream().collect(Collectors.toMap(Order::id, order -> Rejection.unavailable())), xid);
        }
    }

    private void reject(Map<OrderId, Rejection> reasons, String xid) {
        Set<OrderId> rejected = repository.reject(reasons, xid);
        reasons.forEach((id, why) -> log.info(
                "Order {} {}: {} ({})",
                id,
                rejected.contains(id) ? "is rejected" : "was ended by somebody else, not",
                why.reason().code(),
                why.detail()));
    }

    /** @return the round of those that are still to be placed; if there are none, its transaction is over */
    private Optional<Round> beginAgain(String previousXid, End previous) {
        List<Order> orders = previous.rest();
        if (!isRolledBack(previousXid, previous.outcome())) {
            log.warn(
                    "{} orders are not run again: global transaction {} is not rolled back yet",
                    orders.size(),
                    previousXid);
            return Optional.empty();
        }
        GlobalTx next;
        try {
            next = coordinator.begin();
        } catch (CoordinatorUnavailableException e) {
            log.warn("{} orders are not run again: {}", orders.size(), e.getMessage());
            return Optional.empty();
        }
        String xid = next.xid();
        try {
            if (repository.rebind(idsOf(orders), previousXid, xid) == orders.size()) {
                return Optional.of(new Round(next, orders));
            }
            // Somebody else has ended one of them, which is no reason to fail the others.
            List<Order> left = repository.find(idsOf(orders)).stream()
                    .filter(order -> order.status() == OrderStatus.RECEIVED && xid.equals(order.xid()))
                    .toList();
            if (left.isEmpty()) {
                next.rollback();
            }
            return Optional.of(new Round(next, left));
        } catch (RuntimeException e) {
            next.rollback();
            throw e;
        }
    }

    /** Orders that are tried together, once. */
    private record Round(GlobalTx transaction, List<Order> orders) {

        String xid() {
            return transaction.xid();
        }
    }

    /**
     * How a round ends.
     *
     * @param committed whether that is certain
     * @param rest the orders that are to be run again in another global transaction
     * @param outcome of the transaction, as it was when there was a rest
     */
    private record End(boolean committed, List<Order> rest, GlobalTxOutcome outcome) {

        static End withoutRest() {
            return new End(false, List.of(), GlobalTxOutcome.UNKNOWN);
        }
    }

    private static List<OrderId> idsOf(List<Order> orders) {
        return orders.stream().map(Order::id).toList();
    }
}

package io.holdfast.order.book;

import io.holdfast.order.book.OrderMapper.KeyRow;
import io.holdfast.order.book.OrderMapper.NewRow;
import io.holdfast.order.book.OrderMapper.PaidRow;
import io.holdfast.order.book.OrderMapper.ToldRow;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CancellationWish;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Closing.Cause;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Rejection;
import io.holdfast.rows.Batches;
import io.holdfast.tcc.TryMemory;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * All orders. Every change is guarded by the status it starts from, so that of two who want to move one order at most one does;
 * the changes of one order are those of {@link io.holdfast.order.model.OrderStatus} and no others.
 *
 * <p>The operations of the branch (place, complete, cancel) are called by the fence, and closing ends in the transaction of a
 * result: these join that transaction. All others are a transaction of their own and hold no lock when they return.
 *
 * <p>What others are told of an order is written in the transaction of the change that it tells of.
 */
@Component
public class OrderBook {

    /** Each leaves out the twins that it met; more can only come in between. */
    private static final int MOST_ATTEMPTS_TO_ENTER = 4;

    private static final Comparator<Order> BY_KEY = Comparator.comparing(
                    (Order order) -> order.purchase().buyer().value())
            .thenComparing(Order::idempotencyKey);

    private final OrderMapper mapper;
    private final Batches batches;
    private final BuyerLimits limits;
    private final OrderMessages messages;
    private final TransactionTemplate transaction;
    private final Clock clock;

    /** What there is to tell of the orders of a branch: none of it changes until its Confirm or Cancel. */
    private final TryMemory<List<ToldRow>> placedHere = new TryMemory<>();

    private final JustPaid justPaid = new JustPaid();

    OrderBook(
            OrderMapper mapper,
            Batches batches,
            BuyerLimits limits,
            OrderMessages messages,
            PlatformTransactionManager transactionManager,
            Clock clock) {
        this.mapper = mapper;
        this.batches = batches;
        this.limits = limits;
        this.messages = messages;
        this.transaction = new TransactionTemplate(transactionManager);
        // Under REPEATABLE READ a guard that finds nothing locks the gap where others want to insert.
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.clock = clock;
    }

    /**
     * @return false, and nothing written, if the buyer's idempotency key has an order already, or if it would be more than one buyer
     *     may have of a sale
     */
    public boolean enter(Order order) {
        try {
            return Boolean.TRUE.equals(transaction.execute(status -> {
                if (limits.within(List.of(order)).isEmpty()) {
                    return false;
                }
                write(List.of(order));
                if (order.status() == OrderStatus.REJECTED) {
                    messages.rejected(List.of(ToldRow.of(order)));
                }
                return true;
            }));
        } catch (DuplicateKeyException e) {
            if (findByKey(order.purchase().buyer(), order.idempotencyKey()).isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Enters new orders in one transaction, but for those whose idempotency key has an order already, and those that would be more
     * than one buyer may have of a sale: these are left out, and the others are entered all the same.
     *
     * @param orders each with another key
     * @return those that were entered, in the order given
     */
    public List<Order> enter(List<Order> orders) {
        List<Order> rest = orders;
        for (int attempt = 1; !rest.isEmpty() && attempt <= MOST_ATTEMPTS_TO_ENTER; attempt++) {
            List<Order> all = rest;
            try {
                return Objects.requireNonNull(transaction.execute(status -> insert(all)));
            } catch (DuplicateKeyException e) {
                rest = withoutTwins(all);
                if (rest.size() == all.size()) {
                    throw e;
                }
            } catch (PessimisticLockingFailureException e) {
                // A deadlock, or a wait for somebody who enters the same key: nothing was written.
                if (attempt == MOST_ATTEMPTS_TO_ENTER) {
                    throw e;
                }
            }
        }
        // Others enter the same keys as fast as we do. One by one nobody's twin stands in another's way.
        return rest.stream().filter(this::enter).toList();
    }

    private List<Order> insert(List<Order> orders) {
        List<Order> allowed = limits.within(orders);
        if (allowed.isEmpty()) {
            return allowed;
        }
        // In one order for all who enter, so that two who have keys in common cannot wait for each other.
        List<Order> sorted = allowed.stream().sorted(BY_KEY).toList();
        write(sorted);
        messages.rejected(sorted.stream()
                .filter(order -> order.status() == OrderStatus.REJECTED)
                .map(ToldRow::of)
                .toList());
        return allowed;
    }

    /** Which are to be entered in this order. */
    private void write(List<Order> orders) {
        List<NewRow> rows = orders.stream().map(NewRow::of).toList();
        List<OrderLineRow> lines = orders.stream()
                .flatMap(order -> OrderLineRow.of(order).stream())
                .toList();
        int[] entered = batches.send(OrderMapper.class, batched -> rows.forEach(batched::insert));
        int[] enteredLines = batches.send(OrderMapper.class, batched -> lines.forEach(batched::insertLine));
        requireCount("orders entered", rows.size(), entered.length);
        requireCount("lines entered", lines.size(), enteredLines.length);
    }

    private List<Order> withoutTwins(List<Order> orders) {
        Set<KeyRow> taken = new HashSet<>(
                mapper.findKeys(orders.stream().map(OrderBook::keyOf).toList()));
        return orders.stream().filter(order -> !taken.contains(keyOf(order))).toList();
    }

    private static KeyRow keyOf(Order order) {
        return new KeyRow(order.purchase().buyer().value(), order.idempotencyKey());
    }

    public Optional<Order> find(OrderId id) {
        return find(List.of(id)).stream().findFirst();
    }

    /** @return those that there are, in the order of the ids given */
    public List<Order> find(Collection<OrderId> ids) {
        Map<OrderId, Order> found = read(() -> mapper.withLines(mapper.find(values(ids)))).stream()
                .collect(Collectors.toMap(Order::id, order -> order));
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    /**
     * The same orders as their rows are now. What was ordered never changes, and is not read again.
     *
     * @return those that there are, in the order given
     */
    public List<Order> current(List<Order> orders) {
        return read(() -> asTheyAre(orders));
    }

    /**
     * The same orders after the commit of a global transaction. Those of it that are still PLACED become CONFIRMING: they are decided,
     * and cannot be rejected any more, whenever their Confirm gets through.
     *
     * @return those that there are, in the order given
     */
    public List<Order> decided(List<Order> orders, String xid) {
        return justPaid.take(orders, xid).orElseGet(() -> readDecided(orders, xid));
    }

    private List<Order> readDecided(List<Order> orders, String xid) {
        return read(() -> {
            Map<String, PaidRow> paid = mapper
                    .paid(values(orders.stream().map(Order::id).toList()))
                    .stream()
                    .collect(Collectors.toMap(PaidRow::orderId, row -> row));
            if (paid.size() == orders.size()) {
                // The rule: the coordinator answers when all are confirmed.
                return orders.stream()
                        .map(order -> paid.get(order.id().value()).toPaid(order))
                        .toList();
            }
            mapper.awaitConfirm(xid);
            return asTheyAre(orders);
        });
    }

    private List<Order> asTheyAre(List<Order> orders) {
        Map<String, OrderRow> rows = mapper
                .find(values(orders.stream().map(Order::id).toList()))
                .stream()
                .collect(Collectors.toMap(OrderRow::orderId, row -> row));
        return orders.stream()
                .filter(order -> rows.containsKey(order.id().value()))
                .map(order -> rows.get(order.id().value()).toOrder(order.purchase()))
                .toList();
    }

    public Optional<Order> findByKey(BuyerId buyer, String idempotencyKey) {
        return read(() -> Optional.ofNullable(mapper.findByKey(buyer.value(), idempotencyKey))
                .map(row -> mapper.withLines(List.of(row)).get(0)));
    }

    /**
     * Gives orders to another global transaction. Those that are not RECEIVED under the previous one any more stay there.
     *
     * @return how many went
     */
    public int rebind(Collection<OrderId> ids, String previousXid, String nextXid) {
        return write(() -> mapper.rebind(values(ids), previousXid, nextXid));
    }

    /** @return false if the order is not RECEIVED under that xid any more; then its row tells more than the caller knows */
    public boolean reject(OrderId id, String xid, Rejection why) {
        return write(() -> {
                    int rows = mapper.reject(
                            id.value(), xid, why.reason().code(), why.detail(), OrderRow.utc(clock.instant()));
                    if (rows == 1) {
                        messages.rejected(List.of(Objects.requireNonNull(mapper.told(id.value()))));
                    }
                    return rows;
                })
                == 1;
    }

    /**
     * Ends orders of one global transaction, each for a reason of its own, in one transaction.
     *
     * @return those that were RECEIVED under that xid, and are rejected now; the rows of the others tell more than the caller knows
     */
    public Set<OrderId> reject(Map<OrderId, Rejection> reasons, String xid) {
        return Objects.requireNonNull(transaction.execute(status -> {
            List<ToldRow> rejected = mapper.lockReceived(values(reasons.keySet()), xid).stream()
                    .map(row -> row.rejected(reasons.get(new OrderId(row.orderId()))))
                    .toList();
            if (rejected.isEmpty()) {
                return Set.of();
            }
            int rows = mapper.rejectAll(rejected, xid, OrderRow.utc(clock.instant()));
            requireCount("orders rejected of xid " + xid, rejected.size(), rows);
            messages.rejected(rejected);
            return rejected.stream().map(row -> new OrderId(row.orderId())).collect(Collectors.toSet());
        }));
    }

    /** The orders of a global transaction that was decided, and whose Confirm is not through yet, become CONFIRMING. */
    public int awaitConfirm(String xid) {
        return write(() -> mapper.awaitConfirm(xid));
    }

    /** The orders of a branch, sorted. */
    public List<OrderId> ordersOf(String xid, long branchId) {
        return placedHere
                .recall(xid, branchId)
                .map(placed -> placed.stream().map(ToldRow::orderId).toList())
                .orElseGet(() -> mapper.idsOfBranch(xid, branchId))
                .stream()
                .map(OrderId::new)
                .toList();
    }

    /** @throws OrderNotReceivedException if any of them is not RECEIVED under that xid; then none is placed */
    public void place(Collection<Order> orders, String xid, long branchId) {
        transaction.executeWithoutResult(status -> {
            List<String> ids = values(orders.stream().map(Order::id).toList());
            if (mapper.place(ids, xid, branchId) != ids.size()) {
                throw new OrderNotReceivedException(xid);
            }
            List<ToldRow> placed = orders.stream()
                    .map(order -> ToldRow.of(order.placedBy(xid)))
                    .sorted(Comparator.comparing(ToldRow::orderId))
                    .toList();
            messages.placed(placed);
            placedHere.note(xid, branchId, placed);
        });
    }

    /**
     * All orders of the branch become PAID, but for those that are being closed or are closed, and those that were to be cancelled
     * meanwhile: these go on to CLOSING, and nobody is told that they were paid.
     */
    public void complete(String xid, long branchId) {
        transaction.executeWithoutResult(status -> {
            // As it is kept: what is answered from memory is what is read back later.
            LocalDateTime now = OrderRow.utc(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            int rows = mapper.complete(xid, branchId, now);
            List<ToldRow> placed = placedHere.take(xid, branchId).orElse(List.of());
            if (rows > 0 && rows == placed.size()) {
                // The rule: none of them was closed or is to be cancelled.
                messages.paid(placed);
                justPaid.noteAfterCommit(placed, xid, now);
                return;
            }
            List<ToldRow> open = branch(xid, branchId).stream()
                    .filter(order -> !order.isBeingClosed())
                    .toList();
            List<ToldRow> unwanted =
                    open.stream().filter(ToldRow::isToBeCancelled).toList();
            requireCount(
                    "orders completed of xid " + xid + ", branch " + branchId, open.size() - unwanted.size(), rows);
            messages.paid(
                    open.stream().filter(order -> !order.isToBeCancelled()).toList());
            if (!unwanted.isEmpty()) {
                requireCount(
                        "orders cancelled of xid " + xid + ", branch " + branchId,
                        unwanted.size(),
                        mapper.cancelConfirming(xid, branchId, Cause.CANCELLED.code(), now));
                messages.cancelled(unwanted);
            }
        });
    }

    /** All orders of the branch become REJECTED. */
    public void cancel(String xid, long branchId, Rejection why) {
        transaction.executeWithoutResult(status -> {
            int rows = mapper.cancel(xid, branchId, why.reason().code(), why.detail(), OrderRow.utc(clock.instant()));
            List<ToldRow> orders = branch(xid, branchId);
            requireCount("orders rejected of xid " + xid + ", branch " + branchId, orders.size(), rows);
            messages.rejected(orders);
        });
    }

    /**
     * Orders of a decided branch become CLOSING, and stock-svc is told to release their goods, all in one transaction. Those that were
     * closed by an earlier call are left as they are, so that it may be called again.
     *
     * @param givenUp the orders whose payment will never be taken, with the reason
     */
    public void startClosing(String xid, long branchId, Map<OrderId, String> givenUp) {
        transaction.executeWithoutResult(status -> {
            LocalDateTime now = OrderRow.utc(clock.instant());
            List<OrderId> closing = new ArrayList<>();
            for (String id : values(givenUp.keySet())) {
                OrderId order = new OrderId(id);
                String why = Closing.shortened(givenUp.get(order));
                if (mapper.startClosing(id, xid, branchId, Cause.PAYMENT_GIVEN_UP.code(), why, now) == 1) {
                    closing.add(order);
                    continue;
                }
                ToldRow row = mapper.told(id);
                if (row == null || !row.isBeingClosed()) {
                    throw new IllegalStateException("Order " + id + " cannot be closed: "
                            + (row == null ? "there is none" : "it is " + row.status()));
                }
            }
            messages.givenUp(closing, xid);
        });
    }

    /**
     * Somebody wants an order to be cancelled. A PAID order becomes CLOSING, and its goods and its money are asked for, all in one
     * transaction. Of an order that is CONFIRMING the wish is noted: whether it is paid or given up is not known yet. Any other order
     * stays as it is, and so does one that was to be cancelled before.
     *
     * @return the order as this transaction leaves it, so that its status tells what became of the wish; empty if there is none
     */
    public Optional<Order> cancelOnWish(OrderId id, CancellationWish wish) {
        return Objects.requireNonNull(transaction.execute(status -> {
            ToldRow order = mapper.lock(id.value());
            if (order == null) {
                return Optional.empty();
            }
            LocalDateTime now = OrderRow.utc(wish.askedAt());
            switch (order.status()) {
                case PAID -> {
                    requireCount(
                            "orders cancelled with id " + id,
                            1,
                            mapper.cancelPaid(id.value(), Cause.CANCELLED.code(), wish.reason(), now));
                    messages.cancelled(List.of(order));
                }
                case CONFIRMING ->
                    requireCount(
                            "wishes noted for order " + id,
                            order.isToBeCancelled() ? 0 : 1,
                            mapper.noteWish(id.value(), wish.reason(), now));
                case RECEIVED, PLACED, CLOSING, CLOSED, REJECTED -> {}
            }
            return find(id);
        }));
    }

    /**
     * The goods of an order that is being closed are released. If that was all, CLOSING becomes CLOSED.
     *
     * @return the status of the order now
     * @throws IllegalStateException if the order is not CLOSING, or its goods were released before
     */
    public OrderStatus released(OrderId id, Instant releasedAt) {
        return givenBack(
                "orders released with id " + id,
                id,
                now -> mapper.noteReleased(id.value(), OrderRow.utc(releasedAt), Cause.CANCELLED.code(), now));
    }

    /**
     * The money of an order that was cancelled is given back. If that was all, CLOSING becomes CLOSED.
     *
     * @return the status of the order now
     * @throws IllegalStateException if the order is not CLOSING because it was cancelled, or was refunded before
     */
    public OrderStatus refunded(OrderId id, Instant refundedAt) {
        return givenBack(
                "orders refunded with id " + id,
                id,
                now -> mapper.noteRefunded(id.value(), OrderRow.utc(refundedAt), Cause.CANCELLED.code(), now));
    }

    private OrderStatus givenBack(String what, OrderId id, ToIntFunction<LocalDateTime> update) {
        return Objects.requireNonNull(transaction.execute(status -> {
            requireCount(what, 1, update.applyAsInt(OrderRow.utc(clock.instant())));
            ToldRow order = Objects.requireNonNull(mapper.told(id.value()));
            if (order.status() == OrderStatus.CLOSED) {
                messages.closed(order);
            }
            return order.status();
        }));
    }

    /** Asks stock-svc once more to release what a CLOSED order holds. Nothing is written of any other order. */
    public void releaseAgain(OrderId id) {
        transaction.executeWithoutResult(status -> {
            ToldRow order = mapper.told(id.value());
            if (order != null && order.status() == OrderStatus.CLOSED) {
                messages.releaseAgain(order);
            }
        });
    }

    /** In one transaction: without one, each statement is one. */
    private <T> T read(Supplier<T> sql) {
        return Objects.requireNonNull(transaction.execute(status -> sql.get()));
    }

    private int write(IntSupplier sql) {
        return Objects.requireNonNull(transaction.execute(status -> sql.getAsInt()));
    }

    /** In the order of their keys, so that two batches lock common rows in one order. */
    private static List<String> values(Collection<OrderId> ids) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("No order was named");
        }
        return ids.stream().map(OrderId::value).sorted().toList();
    }

    private List<ToldRow> branch(String xid, long branchId) {
        List<ToldRow> orders = mapper.toldOfBranch(xid, branchId);
        if (orders.isEmpty()) {
            throw new IllegalStateException("No order belongs to xid " + xid + ", branch " + branchId);
        }
        return orders;
    }

    private static void requireCount(String what, int expected, int actual) {
        if (expected != actual) {
            throw new IllegalStateException("Number of " + what + ": " + actual + " instead of " + expected);
        }
    }
}

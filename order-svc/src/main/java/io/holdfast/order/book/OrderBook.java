package io.holdfast.order.book;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * All orders. Every change is guarded by the status it starts from, so that of two who want to move one order at most one does;
 * the changes of one order are those of {@link io.holdfast.order.model.OrderStatus} and no others.
 *
 * <p>The operations of the branch (place, complete, cancel) are called by the fence, in its transaction. All others are a
 * transaction of their own and hold no lock when they return.
 */
@Component
public class OrderBook {

    private final OrderMapper mapper;
    private final TransactionTemplate transaction;
    private final Clock clock;

    OrderBook(OrderMapper mapper, PlatformTransactionManager transactionManager, Clock clock) {
        this.mapper = mapper;
        this.transaction = new TransactionTemplate(transactionManager);
        // Under REPEATABLE READ a guard that finds nothing locks the gap where others want to insert.
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.clock = clock;
    }

    /** @return false, and nothing written, if the buyer's idempotency key has an order already */
    public boolean enter(Order order) {
        try {
            transaction.executeWithoutResult(status -> {
                String id = order.id().value();
                requireCount("orders entered", 1, mapper.insert(OrderRow.of(order)));
                var lines = order.purchase().lines();
                List<OrderLineRow> rows = IntStream.range(0, lines.size())
                        .mapToObj(i -> OrderLineRow.of(id, i + 1, lines.get(i)))
                        .toList();
                requireCount("lines entered for order " + id, rows.size(), mapper.insertLines(rows));
            });
            return true;
        } catch (DuplicateKeyException e) {
            if (findByKey(order.purchase().buyer(), order.idempotencyKey()).isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    public Optional<Order> find(OrderId id) {
        return find(List.of(id)).stream().findFirst();
    }

    /** @return those that there are, in the order of the ids given */
    public List<Order> find(Collection<OrderId> ids) {
        Map<OrderId, Order> found =
                withLines(mapper.find(values(ids))).stream().collect(Collectors.toMap(Order::id, order -> order));
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    public Optional<Order> findByKey(BuyerId buyer, String idempotencyKey) {
        return Optional.ofNullable(mapper.findByKey(buyer.value(), idempotencyKey))
                .map(row -> withLines(List.of(row)).get(0));
    }

    /** Gives orders to another global transaction. Those that are not RECEIVED under the previous one any more stay there. */
    public void rebind(Collection<OrderId> ids, String previousXid, String nextXid) {
        write(() -> mapper.rebind(values(ids), previousXid, nextXid));
    }

    /** @return false if the order is not RECEIVED under that xid any more; then its row tells more than the caller knows */
    public boolean reject(OrderId id, String xid, Rejection why) {
        return write(() -> mapper.reject(
                        id.value(), xid, why.reason().code(), why.detail(), OrderRow.utc(clock.instant())))
                == 1;
    }

    /** Marks the orders of a global transaction that was decided and whose Confirm is not through yet. */
    public int awaitConfirm(String xid) {
        return write(() -> mapper.awaitConfirm(xid));
    }

    /** The orders of a branch, sorted. */
    public List<OrderId> ordersOf(String xid, long branchId) {
        return mapper.idsOfBranch(xid, branchId).stream().map(OrderId::new).toList();
    }

    /** @throws OrderNotReceivedException if any of them is not RECEIVED under that xid; then none is placed */
    public void place(Collection<OrderId> ids, String xid, long branchId) {
        if (mapper.place(values(ids), xid, branchId) != ids.size()) {
            throw new OrderNotReceivedException(xid);
        }
    }

    /** All orders of the branch become PAID. */
    public void complete(String xid, long branchId) {
        requireWholeBranch("completed", xid, branchId, mapper.complete(xid, branchId, OrderRow.utc(clock.instant())));
    }

    /** All orders of the branch become REJECTED. */
    public void cancel(String xid, long branchId, Rejection why) {
        int rows = mapper.cancel(xid, branchId, why.reason().code(), why.detail(), OrderRow.utc(clock.instant()));
        requireWholeBranch("rejected", xid, branchId, rows);
    }

    /**
     * A page of the orders that are RECEIVED and were so before the given time, oldest first.
     *
     * @param last of the page before; null for the first page
     */
    public List<Undecided> receivedBefore(Instant before, @Nullable Undecided last, int limit) {
        Instant afterTime = last == null ? Instant.EPOCH : last.createdAt();
        String afterId = last == null ? "" : last.id().value();
        return mapper.findReceivedBefore(OrderRow.utc(before), OrderRow.utc(afterTime), afterId, limit).stream()
                .map(row -> new Undecided(new OrderId(row.orderId()), row.xid(), OrderRow.instant(row.createdAt())))
                .toList();
    }

    /** One page, newest first; orders of one instant by their ids, so that no order is on two pages or none. */
    public OrderPage page(OrderFilter filter, int page, int size) {
        List<OrderRow> rows = mapper.page(filter.status(), filter.buyerValue(), size, (long) page * size);
        return new OrderPage(withLines(rows), mapper.count(filter.status(), filter.buyerValue()));
    }

    private List<Order> withLines(List<OrderRow> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        Map<String, List<OrderLineRow>> lines = mapper
                .findLines(rows.stream().map(OrderRow::orderId).toList())
                .stream()
                .collect(Collectors.groupingBy(OrderLineRow::orderId));
        return rows.stream()
                .map(row -> row.toOrder(lines.getOrDefault(row.orderId(), List.of())))
                .toList();
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

    private void requireWholeBranch(String what, String xid, long branchId, int rows) {
        int orders = mapper.idsOfBranch(xid, branchId).size();
        if (orders == 0) {
            throw new IllegalStateException("No order belongs to xid " + xid + ", branch " + branchId);
        }
        requireCount("orders " + what + " of xid " + xid + ", branch " + branchId, orders, rows);
    }

    private static void requireCount(String what, int expected, int actual) {
        if (expected != actual) {
            throw new IllegalStateException("Number of " + what + ": " + actual + " instead of " + expected);
        }
    }

    /** An order of whose end nothing is written down. */
    public record Undecided(OrderId id, String xid, Instant createdAt) {}
}

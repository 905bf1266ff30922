package io.holdfast.order.store;

import io.holdfast.edge.audit.AuditLog;
import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.OrderMapper.KeyRow;
import io.holdfast.order.store.OrderMapper.NewRow;
import io.holdfast.order.store.OrderMapper.OrderEventRow;
import io.holdfast.rows.Batches;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;

/**
 * All orders. Every change is guarded by the status it starts from, so that of two who want to move one order at most one does;
 * the changes of one order are those of {@link io.holdfast.order.model.OrderStatus} and no others.
 *
 * <p>Here orders come in, are found, and end before they were placed. What becomes of them as a branch of their global transaction is
 * with {@link PlacedOrders}, and how an order ends CLOSED with {@link ClosingOrders}. Every operation is a transaction of its own and
 * holds no lock when it returns.
 *
 * <p>Events are written in the transaction of the change that they announce.
 */
@Component
public class OrderRepository {

    /** Each leaves out the concurrent duplicates that it met; more can only come in between. */
    private static final int MAX_ATTEMPTS_TO_ENTER = 4;

    private static final Comparator<Order> BY_KEY = Comparator.comparing(
                    (Order order) -> order.purchase().buyer().value())
            .thenComparing(Order::idempotencyKey);

    private final OrderMapper mapper;
    private final Batches batches;
    private final EntryLimits limits;
    private final OrderMessages messages;
    private final AuditLog audit;
    private final LocalTransaction transaction;
    private final Clock clock;

    OrderRepository(
            OrderMapper mapper,
            Batches batches,
            EntryLimits limits,
            OrderMessages messages,
            AuditLog audit,
            LocalTransaction transaction,
            Clock clock) {
        this.mapper = mapper;
        this.batches = batches;
        this.limits = limits;
        this.messages = messages;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * @return false, and nothing written, if the buyer's idempotency key has an order already, or if it would be more than one buyer
     *     may have of a sale
     */
    public boolean enter(Order order) {
        return enter(order, Map.of());
    }

    private boolean enter(Order order, Map<OrderId, AuditedAction> acts) {
        try {
            return transaction.get(() -> {
                if (limits.within(List.of(order)).isEmpty()) {
                    return false;
                }
                write(List.of(order));
                audit.add(actsOf(List.of(order), acts));
                if (order.status() == OrderStatus.REJECTED) {
                    messages.rejected(List.of(OrderEventRow.of(order)));
                }
                return true;
            });
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
        return enter(orders, Map.of());
    }

    /**
     * As {@link #enter(List)}, for requests that wait on other threads.
     *
     * @param acts of operators, by the orders that they place; of those that are entered the audit is, too
     */
    public List<Order> enter(List<Order> orders, Map<OrderId, AuditedAction> acts) {
        List<Order> rest = orders;
        for (int attempt = 1; !rest.isEmpty() && attempt <= MAX_ATTEMPTS_TO_ENTER; attempt++) {
            List<Order> all = rest;
            try {
                return transaction.get(() -> insert(all, acts));
            } catch (DuplicateKeyException e) {
                rest = withoutDuplicates(all);
                if (rest.size() == all.size()) {
                    throw e;
                }
            } catch (PessimisticLockingFailureException e) {
                // A deadlock, or a wait for somebody who enters the same key: nothing was written.
                if (attempt == MAX_ATTEMPTS_TO_ENTER) {
                    throw e;
                }
            }
        }
        // Others enter the same keys as fast as we do. One by one, no order's duplicate keeps another order out.
        return rest.stream().filter(order -> enter(order, acts)).toList();
    }

    private List<Order> insert(List<Order> orders, Map<OrderId, AuditedAction> acts) {
        List<Order> allowed = limits.within(orders);
        if (allowed.isEmpty()) {
            return allowed;
        }
        // In one order for all who enter, so that two who have keys in common cannot wait for each other.
        List<Order> sorted = allowed.stream().sorted(BY_KEY).toList();
        write(sorted);
        audit.add(actsOf(sorted, acts));
        messages.rejected(sorted.stream()
                .filter(order -> order.status() == OrderStatus.REJECTED)
                .map(OrderEventRow::of)
                .toList());
        return allowed;
    }

    private static List<AuditedAction> actsOf(List<Order> orders, Map<OrderId, AuditedAction> acts) {
        return orders.stream()
                .map(order -> acts.get(order.id()))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Which are to be entered in this order. */
    private void write(List<Order> orders) {
        List<NewRow> rows = orders.stream().map(NewRow::of).toList();
        List<OrderLineRow> lines = orders.stream()
                .flatMap(order -> OrderLineRow.of(order).stream())
                .toList();
        int[] entered = batches.send(OrderMapper.class, batched -> rows.forEach(batched::insert));
        int[] enteredLines = batches.send(OrderMapper.class, batched -> lines.forEach(batched::insertLine));
        ChangedRows.require("orders entered", rows.size(), entered.length);
        ChangedRows.require("lines entered", lines.size(), enteredLines.length);
    }

    private List<Order> withoutDuplicates(List<Order> orders) {
        Set<KeyRow> taken = new HashSet<>(
                mapper.findKeys(orders.stream().map(OrderRepository::keyOf).toList()));
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
        Map<OrderId, Order> found =
                transaction.get(() -> mapper.withLines(mapper.find(ChangedRows.inOrder(ids)))).stream()
                        .collect(Collectors.toMap(Order::id, order -> order));
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    /**
     * The same orders as their rows are now. What was ordered never changes, and is not read again.
     *
     * @return those that there are, in the order given
     */
    public List<Order> current(List<Order> orders) {
        return transaction.get(() -> asTheyAre(orders));
    }

    private List<Order> asTheyAre(List<Order> orders) {
        Map<String, OrderRow> rows = mapper
                .find(ChangedRows.inOrder(orders.stream().map(Order::id).toList()))
                .stream()
                .collect(Collectors.toMap(OrderRow::orderId, row -> row));
        return orders.stream()
                .filter(order -> rows.containsKey(order.id().value()))
                .map(order -> rows.get(order.id().value()).toOrder(order.purchase()))
                .toList();
    }

    public Optional<Order> findByKey(BuyerId buyer, String idempotencyKey) {
        return transaction.get(() -> Optional.ofNullable(mapper.findByKey(buyer.value(), idempotencyKey))
                .map(row -> mapper.withLines(List.of(row)).get(0)));
    }

    /**
     * Gives orders to another global transaction. Those that are not RECEIVED under the previous one any more stay there.
     *
     * @return how many went
     */
    public int rebind(Collection<OrderId> ids, String previousXid, String nextXid) {
        return transaction.get(() -> mapper.rebind(ChangedRows.inOrder(ids), previousXid, nextXid));
    }

    /** @return false if the order is not RECEIVED under that xid any more; then its row has gone on without the caller */
    public boolean reject(OrderId id, String xid, Rejection why) {
        return transaction.get(() -> {
                    int rows = mapper.reject(
                            id.value(), xid, why.reason().code(), why.detail(), OrderRow.utc(clock.instant()));
                    if (rows == 1) {
                        messages.rejected(List.of(Objects.requireNonNull(mapper.eventRow(id.value()))));
                    }
                    return rows;
                })
                == 1;
    }

    /**
     * Ends orders of one global transaction, each for a reason of its own, in one transaction.
     *
     * @return those that were RECEIVED under that xid, and are rejected now; the rows of the others have gone on without the caller
     */
    public Set<OrderId> reject(Map<OrderId, Rejection> reasons, String xid) {
        return transaction.get(() -> {
            List<OrderEventRow> rejected = mapper.lockReceived(ChangedRows.inOrder(reasons.keySet()), xid).stream()
                    .map(row -> row.rejected(reasons.get(new OrderId(row.orderId()))))
                    .toList();
            if (rejected.isEmpty()) {
                return Set.of();
            }
            int rows = mapper.rejectAll(rejected, xid, OrderRow.utc(clock.instant()));
            ChangedRows.require("orders rejected of xid " + xid, rejected.size(), rows);
            messages.rejected(rejected);
            return rejected.stream().map(row -> new OrderId(row.orderId())).collect(Collectors.toSet());
        });
    }
}

package io.holdfast.order.store;

import io.holdfast.order.model.Closing.Cause;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.OrderMapper.OrderEventRow;
import io.holdfast.order.store.OrderMapper.PaidRow;
import io.holdfast.tcc.TryMemory;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Orders as a branch of their global transaction: its Try places them, its Confirm makes them PAID and its Cancel REJECTED, in the
 * transaction of the fence. Every change is guarded by the status it starts from, and events are written in the transaction of
 * the change.
 */
@Component
public class PlacedOrders {

    private final OrderMapper mapper;
    private final OrderRepository repository;
    private final OrderMessages messages;
    private final LocalTransaction transaction;
    private final Clock clock;

    /** What is published about the orders of a branch: none of it changes until its Confirm or Cancel. */
    private final TryMemory<List<OrderEventRow>> placedHere = new TryMemory<>();

    private final RecentlyPaidOrders justPaid = new RecentlyPaidOrders();

    PlacedOrders(
            OrderMapper mapper,
            OrderRepository repository,
            OrderMessages messages,
            LocalTransaction transaction,
            Clock clock) {
        this.mapper = mapper;
        this.repository = repository;
        this.messages = messages;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The orders of a branch, sorted. */
    public List<OrderId> ordersOf(String xid, long branchId) {
        return placedHere
                .recall(xid, branchId)
                .map(placed -> placed.stream().map(OrderEventRow::orderId).toList())
                .orElseGet(() -> mapper.idsOfBranch(xid, branchId))
                .stream()
                .map(OrderId::new)
                .toList();
    }

    /** @throws OrderNotReceivedException if any of them is not RECEIVED under that xid; then none is placed */
    public void place(Collection<Order> orders, String xid, long branchId) {
        transaction.run(() -> {
            List<String> ids =
                    ChangedRows.inOrder(orders.stream().map(Order::id).toList());
            if (mapper.place(ids, xid, branchId) != ids.size()) {
                throw new OrderNotReceivedException(xid);
            }
            List<OrderEventRow> placed = orders.stream()
                    .map(order -> OrderEventRow.of(order.placedBy(xid)))
                    .sorted(Comparator.comparing(OrderEventRow::orderId))
                    .toList();
            messages.placed(placed);
            placedHere.note(xid, branchId, placed);
        });
    }

    /**
     * All orders of the branch become PAID, but for those that are being closed or are closed, and those that were to be cancelled
     * meanwhile: these go on to CLOSING, and no event says that they were paid.
     */
    public void complete(String xid, long branchId) {
        transaction.run(() -> {
            LocalDateTime now = OrderRow.utc(clock.instant());
            int rows = mapper.complete(xid, branchId, now);
            List<OrderEventRow> placed = placedHere.take(xid, branchId).orElse(List.of());
            if (rows > 0 && rows == placed.size()) {
                // The rule: none of them was closed or is to be cancelled.
                messages.paid(placed);
                justPaid.noteAfterCommit(placed, xid, now);
                return;
            }
            List<OrderEventRow> open = branch(xid, branchId).stream()
                    .filter(order -> !order.isBeingClosed())
                    .toList();
            List<OrderEventRow> unwanted =
                    open.stream().filter(OrderEventRow::isToBeCancelled).toList();
            ChangedRows.require(
                    "orders completed of xid " + xid + ", branch " + branchId, open.size() - unwanted.size(), rows);
            messages.paid(
                    open.stream().filter(order -> !order.isToBeCancelled()).toList());
            if (!unwanted.isEmpty()) {
                ChangedRows.require(
                        "orders cancelled of xid " + xid + ", branch " + branchId,
                        unwanted.size(),
                        mapper.cancelConfirming(xid, branchId, Cause.CANCELLED.code(), now));
                messages.cancelled(unwanted);
            }
        });
    }

    /** All orders of the branch become REJECTED. */
    public void cancel(String xid, long branchId, Rejection why) {
        transaction.run(() -> {
            int rows = mapper.cancel(xid, branchId, why.reason().code(), why.detail(), OrderRow.utc(clock.instant()));
            List<OrderEventRow> orders = branch(xid, branchId);
            ChangedRows.require("orders rejected of xid " + xid + ", branch " + branchId, orders.size(), rows);
            messages.rejected(orders);
        });
    }

    /** The orders of a global transaction that was decided, and whose Confirm is not through yet, become CONFIRMING. */
    public int awaitConfirm(String xid) {
        return transaction.get(() -> mapper.awaitConfirm(xid));
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
        return transaction.get(() -> {
            Map<String, PaidRow> paid =
                    mapper
                            .paid(ChangedRows.inOrder(
                                    orders.stream().map(Order::id).toList()))
                            .stream()
                            .filter(row -> row.xid().equals(xid))
                            .collect(Collectors.toMap(PaidRow::orderId, row -> row));
            if (paid.size() == orders.size()) {
                // The rule: the coordinator answers when all are confirmed.
                return orders.stream()
                        .map(order -> paid.get(order.id().value()).toPaid(order))
                        .toList();
            }
            mapper.awaitConfirm(xid);
            return repository.current(orders);
        });
    }

    private List<OrderEventRow> branch(String xid, long branchId) {
        List<OrderEventRow> orders = mapper.eventRowsOfBranch(xid, branchId);
        if (orders.isEmpty()) {
            throw new IllegalStateException("No order belongs to xid " + xid + ", branch " + branchId);
        }
        return orders;
    }
}

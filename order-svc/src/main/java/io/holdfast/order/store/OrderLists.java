package io.holdfast.order.store;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lists of orders, page by page, for users and for jobs. Nothing is changed or locked. */
@Component
public class OrderLists {

    private final OrderListMapper lists;
    private final OrderMapper orders;
    private final LocalTransaction transaction;

    OrderLists(OrderListMapper lists, OrderMapper orders, LocalTransaction transaction) {
        this.lists = lists;
        this.orders = orders;
        this.transaction = transaction;
    }

    /** One page, newest first; orders of one instant by their ids, so that no order is on two pages or none. */
    public OrderPage page(OrderFilter filter, int page, int size) {
        // One transaction, or each statement would be one.
        return transaction.get(() -> {
            List<OrderRow> rows = lists.page(filter.status(), filter.buyerValue(), size, (long) page * size);
            return new OrderPage(orders.withLines(rows), lists.count(filter.status(), filter.buyerValue()));
        });
    }

    /**
     * A page of the orders that are RECEIVED and were so before the given time, oldest first.
     *
     * @param last of the page before; null for the first page
     */
    public List<Undecided> receivedBefore(Instant before, @Nullable Undecided last, int limit) {
        Instant afterTime = last == null ? Instant.EPOCH : last.createdAt();
        String afterId = last == null ? "" : last.id().value();
        return lists.findReceivedBefore(OrderRow.utc(before), OrderRow.utc(afterTime), afterId, limit).stream()
                .map(row -> new Undecided(new OrderId(row.orderId()), row.xid(), OrderRow.instant(row.createdAt())))
                .toList();
    }

    /**
     * A page of the orders that have ended, in the order of their end.
     *
     * @param at with the id, the place after which the page begins
     * @param before only those that ended before
     */
    public List<Ended> endedAfter(Instant at, String afterId, Instant before, int limit) {
        return ended(lists.decidedAfter(OrderRow.utc(at), afterId, OrderRow.utc(before), limit));
    }

    /** Of these orders, those that ended before that time. */
    public List<Ended> endedBefore(Instant before, Collection<OrderId> ids) {
        LocalDateTime time = OrderRow.utc(before);
        return ended(orders.find(ids.stream().map(OrderId::value).sorted().toList()).stream()
                .filter(row -> row.decidedAt() != null && row.decidedAt().isBefore(time))
                .toList());
    }

    private List<Ended> ended(List<OrderRow> rows) {
        Map<String, List<OrderLineRow>> lines = orders.linesOf(rows);
        return rows.stream()
                .map(row -> Ended.of(row, lines.getOrDefault(row.orderId(), List.of())))
                .toList();
    }

    /** The oldest orders that have not ended, and that nothing has happened to since then: that are received, or being closed. */
    public List<Unfinished> notEndedSince(Instant before, int limit) {
        return lists.notEndedSince(OrderRow.utc(before), limit).stream()
                .map(row -> new Unfinished(
                        new OrderId(row.orderId()), row.status(), OrderRow.instant(row.createdAt()), row.xid()))
                .toList();
    }

    /**
     * An order that has ended. Its rows may have been changed by hand: then they may contradict each other, and are no order.
     *
     * @param createdAt when it came
     * @param order null if they are none
     * @param contradiction why they are none; null if they are one
     */
    public record Ended(
            OrderId id,
            Instant createdAt,
            Instant decidedAt,
            @Nullable Order order,
            @Nullable String contradiction) {

        static Ended of(OrderRow row, List<OrderLineRow> lines) {
            OrderId id = new OrderId(row.orderId());
            Instant createdAt = OrderRow.instant(row.createdAt());
            Instant decidedAt = OrderRow.instant(Objects.requireNonNull(row.decidedAt()));
            try {
                return new Ended(id, createdAt, decidedAt, row.toOrder(lines), null);
            } catch (RuntimeException e) {
                return new Ended(id, createdAt, decidedAt, null, String.valueOf(e.getMessage()));
            }
        }
    }

    /** An order that has not ended. */
    public record Unfinished(
            OrderId id,
            OrderStatus status,
            Instant createdAt,
            @Nullable String xid) {}

    /** An order of whose end nothing is written down. */
    public record Undecided(OrderId id, String xid, Instant createdAt) {}
}

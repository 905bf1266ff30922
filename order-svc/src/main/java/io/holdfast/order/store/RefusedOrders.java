package io.holdfast.order.store;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.OrderLists.Ended;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Orders that were refused: they are counted, and after some time they go. */
@Component
public class RefusedOrders {

    /** Orders of the buyer's that are looked at for each refusal that may be found: a count costs the same, whoever asks for it. */
    private static final int LOOKED_AT_FOR_EACH = 10;

    private static final List<String> REASONS = Arrays.stream(Rejection.Reason.values())
            .filter(Rejection.Reason::isTheOrders)
            .map(Rejection.Reason::code)
            .toList();

    private final RefusedOrderMapper refused;
    private final OrderMapper orders;
    private final LocalTransaction transaction;

    RefusedOrders(RefusedOrderMapper refused, OrderMapper orders, LocalTransaction transaction) {
        this.refused = refused;
        this.orders = orders;
        this.transaction = transaction;
    }

    /**
     * When the newest orders of a buyer came that were refused for a reason of their own, the newest first. Of a buyer with very many
     * orders only the newest are looked at.
     */
    public List<Instant> newestOf(BuyerId buyer, Instant since, int most) {
        return transaction.get(() ->
                refused.newest(buyer.value(), OrderRow.utc(since), REASONS, most, most * LOOKED_AT_FOR_EACH).stream()
                        .map(OrderRow::instant)
                        .toList());
    }

    /**
     * A page of those that came, and were refused, before a time, the oldest first.
     *
     * @param last of the page before; null for the first page
     */
    public List<Ended> before(Instant time, @Nullable Place last, int limit) {
        return transaction.get(() -> {
            List<OrderRow> rows = refused.before(
                    OrderRow.utc(time),
                    OrderRow.utc(last == null ? Instant.EPOCH : last.createdAt()),
                    last == null ? "" : last.id().value(),
                    limit);
            Map<String, List<OrderLineRow>> lines = orders.linesOf(rows);
            return rows.stream()
                    .map(row -> Ended.of(row, lines.getOrDefault(row.orderId(), List.of())))
                    .toList();
        });
    }

    /**
     * Removes orders with their lines. Any that was not refused before that time stays, and so does one that another instance is just
     * removing.
     *
     * @return how many went
     */
    public int remove(Collection<OrderId> ids, Instant before) {
        LocalDateTime time = OrderRow.utc(before);
        return transaction.get(() -> {
            List<String> locked = refused.lock(ChangedRows.inOrder(ids), time);
            if (locked.isEmpty()) {
                return 0;
            }
            refused.removeLines(locked);
            ChangedRows.require("refused orders removed", locked.size(), refused.remove(locked, time));
            return locked.size();
        });
    }

    /** Where a page ends. */
    public record Place(OrderId id, Instant createdAt) {}
}

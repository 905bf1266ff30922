package io.holdfast.order.book;

import io.holdfast.order.book.OrderMapper.ToldRow;
import io.holdfast.order.model.CancellationWish;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Closing.Cause;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.springframework.stereotype.Component;

/**
 * Orders that go back: their payment was given up, or somebody cancelled them. They are CLOSING until what they hold or have taken is
 * given back, and then CLOSED. Every change is guarded by the status it starts from, and what others are told of an order, or asked
 * to give back, is written with the change that it tells of.
 *
 * <p>Each operation joins the transaction that is open, such as that of the message that tells a result.
 */
@Component
public class ClosingOrders {

    private final OrderMapper mapper;
    private final OrderBook book;
    private final OrderMessages messages;
    private final BookTransaction transaction;
    private final Clock clock;

    ClosingOrders(
            OrderMapper mapper, OrderBook book, OrderMessages messages, BookTransaction transaction, Clock clock) {
        this.mapper = mapper;
        this.book = book;
        this.messages = messages;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Orders of a decided branch become CLOSING, and stock-svc is told to release their goods, all in one transaction. Those that were
     * closed by an earlier call are left as they are, so that it may be called again.
     *
     * @param givenUp the orders whose payment will never be taken, with the reason
     */
    public void startClosing(String xid, long branchId, Map<OrderId, String> givenUp) {
        transaction.run(() -> {
            LocalDateTime now = OrderRow.utc(clock.instant());
            List<OrderId> closing = new ArrayList<>();
            for (String id : ChangedRows.inOrder(givenUp.keySet())) {
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
        return transaction.get(() -> {
            ToldRow order = mapper.lock(id.value());
            if (order == null) {
                return Optional.empty();
            }
            LocalDateTime now = OrderRow.utc(wish.askedAt());
            switch (order.status()) {
                case PAID -> {
                    ChangedRows.require(
                            "orders cancelled with id " + id,
                            1,
                            mapper.cancelPaid(id.value(), Cause.CANCELLED.code(), wish.reason(), now));
                    messages.cancelled(List.of(order));
                }
                case CONFIRMING ->
                    ChangedRows.require(
                            "wishes noted for order " + id,
                            order.isToBeCancelled() ? 0 : 1,
                            mapper.noteWish(id.value(), wish.reason(), now));
                case RECEIVED, PLACED, CLOSING, CLOSED, REJECTED -> {}
            }
            return book.find(id);
        });
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
        return transaction.get(() -> {
            ChangedRows.require(what, 1, update.applyAsInt(OrderRow.utc(clock.instant())));
            ToldRow order = Objects.requireNonNull(mapper.told(id.value()));
            if (order.status() == OrderStatus.CLOSED) {
                messages.closed(order);
            }
            return order.status();
        });
    }

    /** Asks stock-svc once more to release what a CLOSED order holds. Nothing is written of any other order. */
    public void releaseAgain(OrderId id) {
        transaction.run(() -> {
            ToldRow order = mapper.told(id.value());
            if (order != null && order.status() == OrderStatus.CLOSED) {
                messages.releaseAgain(order);
            }
        });
    }
}

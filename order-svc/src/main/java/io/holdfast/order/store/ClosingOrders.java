package io.holdfast.order.store;

import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Closing.Cause;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.OrderMapper.OrderEventRow;
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
 * given back, and then CLOSED. Every change is guarded by the status it starts from. Events, and requests to give something back, are
 * written in the transaction of the change.
 *
 * <p>Each operation joins the transaction that is open, such as that of a message with a result.
 */
@Component
public class ClosingOrders {

    private final OrderMapper mapper;
    private final OrderRepository repository;
    private final OrderMessages messages;
    private final LocalTransaction transaction;
    private final Clock clock;

    ClosingOrders(
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

    /**
     * Orders of a decided branch become CLOSING, and stock-svc is asked to release their goods, all in one transaction. Those that were
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
                OrderEventRow row = mapper.eventRow(id);
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
     * transaction. Of an order that is CONFIRMING the request is recorded: whether it is paid or given up is not known yet. Any other order
     * stays as it is, and so does one that was to be cancelled before.
     *
     * @return the order as this transaction leaves it, so that its status shows what became of the request; empty if there is none
     */
    public Optional<Order> requestCancellation(OrderId id, CancellationRequest request) {
        return transaction.get(() -> {
            OrderEventRow order = mapper.lock(id.value());
            if (order == null) {
                return Optional.empty();
            }
            LocalDateTime now = OrderRow.utc(request.askedAt());
            switch (order.status()) {
                case PAID -> {
                    ChangedRows.require(
                            "orders cancelled with id " + id,
                            1,
                            mapper.cancelPaid(id.value(), Cause.CANCELLED.code(), request.reason(), now));
                    messages.cancelled(List.of(order));
                }
                case CONFIRMING ->
                    ChangedRows.require(
                            "cancellation requests recorded for order " + id,
                            order.isToBeCancelled() ? 0 : 1,
                            mapper.recordCancellationRequest(id.value(), request.reason(), now));
                case RECEIVED, PLACED, CLOSING, CLOSED, REJECTED -> {}
            }
            return repository.find(id);
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
            OrderEventRow order = Objects.requireNonNull(mapper.eventRow(id.value()));
            if (order.status() == OrderStatus.CLOSED) {
                messages.closed(order);
            }
            return order.status();
        });
    }

    /** Asks stock-svc once more to release what a CLOSED order holds. Nothing is written of any other order. */
    public void releaseAgain(OrderId id) {
        transaction.run(() -> {
            OrderEventRow order = mapper.eventRow(id.value());
            if (order != null && order.status() == OrderStatus.CLOSED) {
                messages.releaseAgain(order);
            }
        });
    }
}

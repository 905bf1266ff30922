package io.holdfast.order.store;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.RequestHash;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code orders}. Times are UTC, as the columns hold them. */
record OrderRow(
        String orderId,
        String buyerId,
        String idempotencyKey,
        String requestHash,
        OrderStatus status,
        PaymentMethod paymentMethod,
        long totalMinor,
        String currency,
        @Nullable String xid,
        @Nullable String reasonCode,
        @Nullable String reasonDetail,
        LocalDateTime createdAt,
        @Nullable LocalDateTime decidedAt,
        @Nullable LocalDateTime closingAt,
        @Nullable LocalDateTime releasedAt,
        @Nullable LocalDateTime cancelAskedAt,
        @Nullable String cancelReason,
        @Nullable LocalDateTime paidAt,
        @Nullable LocalDateTime refundedAt) {

    static OrderRow of(Order order) {
        return new OrderRow(
                order.id().value(),
                order.purchase().buyer().value(),
                order.idempotencyKey(),
                order.requestHash().value(),
                order.status(),
                order.purchase().method(),
                order.total().minor(),
                order.total().currency(),
                order.xid(),
                order.whyRejected().map(why -> why.reason().code()).orElse(null),
                order.whyRejected().map(Rejection::detail).orElse(null),
                utc(order.createdAt()),
                order.decidedAt() == null ? null : utc(order.decidedAt()),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    Order toOrder(List<OrderLineRow> lines) {
        return toOrder(new Purchase(
                new BuyerId(buyerId),
                lines.stream().map(line -> line.toLine(currency)).toList(),
                paymentMethod));
    }

    Order toOrder(Purchase purchase) {
        return new Order(
                new OrderId(orderId),
                purchase,
                new Money(totalMinor, currency),
                idempotencyKey,
                new RequestHash(requestHash),
                status,
                xid,
                rejection(),
                closing(),
                cancellationRequest(),
                instant(createdAt),
                instantOf(decidedAt));
    }

    private @Nullable Rejection rejection() {
        if (status != OrderStatus.REJECTED || reasonCode == null || reasonDetail == null) {
            return null;
        }
        Rejection.Reason reason = Rejection.Reason.of(reasonCode).orElseThrow(() -> unknownReason());
        return new Rejection(reason, reasonDetail);
    }

    private @Nullable Closing closing() {
        if (closingAt == null || reasonCode == null || reasonDetail == null) {
            return null;
        }
        Closing.Cause cause = Closing.Cause.of(reasonCode).orElseThrow(() -> unknownReason());
        return new Closing(
                cause,
                reasonDetail,
                instant(closingAt),
                instantOf(paidAt),
                instantOf(releasedAt),
                instantOf(refundedAt));
    }

    private @Nullable CancellationRequest cancellationRequest() {
        return cancelAskedAt == null || cancelReason == null
                ? null
                : new CancellationRequest(cancelReason, instant(cancelAskedAt));
    }

    private IllegalStateException unknownReason() {
        return new IllegalStateException("orders.reason_code of " + orderId + " holds " + reasonCode
                + ", which this version of Holdfast does not know");
    }

    static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    static Instant instant(LocalDateTime utc) {
        return utc.toInstant(ZoneOffset.UTC);
    }

    private static @Nullable Instant instantOf(@Nullable LocalDateTime utc) {
        return utc == null ? null : instant(utc);
    }
}

package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code payment}; its times are UTC.
 *
 * @param decidedAt null as long as it is open
 * @param reason null unless it was given up
 * @param refundedAt null unless it was refunded
 */
record PaymentRow(
        String xid,
        long branchId,
        String orderId,
        String buyerId,
        long amount,
        String currency,
        PaymentMethod method,
        PaymentStatus status,
        LocalDateTime createdAt,
        @Nullable LocalDateTime decidedAt,
        @Nullable String reason,
        @Nullable LocalDateTime refundedAt) {

    static PaymentRow open(String xid, long branchId, PaymentMethod method, PaymentRequest request, LocalDateTime now) {
        return new PaymentRow(
                xid,
                branchId,
                request.order().value(),
                request.buyer().value(),
                request.amount().minor(),
                request.amount().currency(),
                method,
                PaymentStatus.OPEN,
                now,
                null,
                null,
                null);
    }

    /** For programs, and for buyers: what is said beside it may name machines, classes and other orders. */
    @Nullable
    String reasonCode() {
        if (reason == null) {
            return null;
        }
        return reason.startsWith("refused:") ? "refused" : "deadline";
    }

    boolean isFor(PaymentRequest request, PaymentMethod asked) {
        return method == asked
                && orderId.equals(request.order().value())
                && buyerId.equals(request.buyer().value())
                && amount == request.amount().minor()
                && currency.equals(request.amount().currency());
    }
}

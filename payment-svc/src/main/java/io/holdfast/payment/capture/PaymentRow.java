package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** A row of {@code payment}; its times are UTC. {@code decidedAt} is null as long as it is open. */
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
        @Nullable LocalDateTime decidedAt) {

    static PaymentRow open(String xid, long branchId, PaymentRequest request, LocalDateTime now) {
        return new PaymentRow(
                xid,
                branchId,
                request.order().value(),
                request.buyer().value(),
                request.amount().minor(),
                request.amount().currency(),
                PaymentMethod.WALLET,
                PaymentStatus.OPEN,
                now,
                null);
    }

    boolean isFor(PaymentRequest request) {
        return orderId.equals(request.order().value())
                && buyerId.equals(request.buyer().value())
                && amount == request.amount().minor()
                && currency.equals(request.amount().currency());
    }
}

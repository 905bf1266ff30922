package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentStatus;
import org.jspecify.annotations.Nullable;

/** The status of one payment of an order, and why it was given up, if it was. */
record OrderStatus(
        String orderId, PaymentStatus status, @Nullable String reason) {}

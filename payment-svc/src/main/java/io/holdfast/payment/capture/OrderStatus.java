package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentStatus;

/** The status of one payment of an order. */
record OrderStatus(String orderId, PaymentStatus status) {}

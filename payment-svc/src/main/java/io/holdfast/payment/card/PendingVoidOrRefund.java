package io.holdfast.payment.card;

import java.time.LocalDateTime;

/**
 * A row of {@code void_or_refund} that is not settled.
 *
 * @param refusals how often the gateway has refused for good
 */
record PendingVoidOrRefund(String chargeKey, int attempts, int refusals, LocalDateTime createdAt) {}

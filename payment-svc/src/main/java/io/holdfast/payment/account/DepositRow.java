package io.holdfast.payment.account;

import java.time.LocalDateTime;

/** A row of {@code deposit}; {@code createdAt} is UTC. */
record DepositRow(String idempotencyKey, String buyerId, long amount, String currency, LocalDateTime createdAt) {

    boolean asksTheSameAs(DepositRow other) {
        return buyerId.equals(other.buyerId) && amount == other.amount && currency.equals(other.currency);
    }
}

package io.holdfast.payment.account;

import io.holdfast.payment.model.Account;
import io.holdfast.payment.model.BuyerId;

/** A row of {@code account}. */
record AccountRow(String buyerId, String currency, long deposited, long balance, long frozen, long spent) {

    Account toAccount() {
        return new Account(new BuyerId(buyerId), currency, deposited, balance, frozen, spent);
    }
}

package io.holdfast.payment.model;

/** How an order is paid. */
public enum PaymentMethod {
    /** From the buyer's account here: nothing outside this service's database takes part. */
    WALLET,
    /** With a card, at a gateway. */
    CARD
}

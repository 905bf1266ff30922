package io.holdfast.payment.model;

/** An order that asks for its money to be set aside. */
public record PaymentRequest(OrderId order, BuyerId buyer, Money amount) {

    public PaymentRequest {
        if (amount.minor() == 0) {
            throw new IllegalArgumentException("an order of nothing needs no payment");
        }
    }
}

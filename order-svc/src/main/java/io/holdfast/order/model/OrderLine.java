package io.holdfast.order.model;

/** One SKU of an order at its price. */
public record OrderLine(Sku sku, Quantity quantity, Money unitPrice) {

    /** @throws ArithmeticException if it does not fit */
    Money total() {
        return unitPrice.times(quantity);
    }
}

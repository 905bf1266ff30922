package io.holdfast.order.model;

/** How an order is paid. */
public enum PaymentMethod {
    /** From the balance that the buyer holds with us. */
    WALLET;

    /** @throws InvalidValueException for a method that is not offered */
    public static PaymentMethod of(String name) {
        return switch (name) {
            case "WALLET" -> WALLET;
            case "CARD" -> throw new InvalidValueException("CARD is not offered yet; pay with WALLET");
            default -> throw new InvalidValueException("must be WALLET");
        };
    }
}

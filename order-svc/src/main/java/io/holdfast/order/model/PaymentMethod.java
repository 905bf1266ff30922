package io.holdfast.order.model;

/** How an order is paid. */
public enum PaymentMethod {
    /** From the balance that the buyer holds with us. */
    WALLET,
    /** With a card that the request names by a token. */
    CARD;

    /** @throws InvalidValueException for a method that is not offered */
    public static PaymentMethod of(String name) {
        return switch (name) {
            case "WALLET" -> WALLET;
            case "CARD" -> CARD;
            default -> throw new InvalidValueException("must be WALLET or CARD");
        };
    }
}

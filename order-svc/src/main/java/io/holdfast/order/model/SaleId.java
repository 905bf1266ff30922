package io.holdfast.order.model;

/** Identifies one sale. A UUID in lower case, like the id of an order. */
public record SaleId(String value) {

    public SaleId {
        if (!isWellFormed(value)) {
            throw new InvalidValueException("must be a UUID in lower case");
        }
    }

    /** Whether a sale of that id could exist at all. */
    public static boolean isWellFormed(String value) {
        return OrderId.isWellFormed(value);
    }

    @Override
    public String toString() {
        return value;
    }
}

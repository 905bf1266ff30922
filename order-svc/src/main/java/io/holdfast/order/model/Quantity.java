package io.holdfast.order.model;

/** How many of one SKU; at least one. What is too many is a setting, see {@link OrderLimits}. */
public record Quantity(int value) {

    public Quantity {
        if (value < 1) {
            throw new InvalidValueException("must be at least 1");
        }
    }

    /** @param value as it came in; wider than what fits, so that too much is told from malformed */
    public static Quantity of(long value) {
        if (value > Integer.MAX_VALUE) {
            throw new InvalidValueException("is far too large");
        }
        return new Quantity((int) Math.max(value, Integer.MIN_VALUE));
    }
}

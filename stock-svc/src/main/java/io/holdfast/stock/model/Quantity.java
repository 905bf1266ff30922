package io.holdfast.stock.model;

/** How many pieces, at least one. */
public record Quantity(long value) {

    public Quantity {
        if (value < 1) {
            throw new IllegalArgumentException("a quantity is at least 1");
        }
    }

    /** @throws ArithmeticException if the sum is more than can be counted */
    public Quantity plus(Quantity other) {
        return new Quantity(Math.addExact(value, other.value));
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}

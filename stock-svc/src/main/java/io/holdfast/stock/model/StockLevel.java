package io.holdfast.stock.model;

/**
 * Where everything of one SKU is that ever came in. Each piece is in exactly one of three places, so that
 * {@code available + reserved + sold = received} at every instant (invariant I1).
 */
public record StockLevel(Sku sku, long received, long available, long reserved, long sold) {

    /** @throws IllegalArgumentException if the parts do not make the whole, or one of them is negative */
    public StockLevel {
        if (received < 0 || available < 0 || reserved < 0 || sold < 0) {
            throw new IllegalArgumentException("I1: a negative part of the stock of " + sku);
        }
        // As a difference: a sum of parts that are each in range may overflow.
        if (received - available - reserved != sold) {
            throw new IllegalArgumentException("I1: the parts of the stock of " + sku + " do not make " + received);
        }
    }
}

package io.holdfast.order.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How much one order may ask for. People change these while orders come in.
 *
 * @param maxLines lines of one order, 1 to 200
 * @param maxQuantityPerOrder pieces of one order, over all its lines
 */
public record OrderLimits(int maxLines, int maxQuantityPerOrder) {

    /** What the rest of the platform is built for: one Try call carries all lines of an order. */
    public static final int MAX_LINES = 200;

    private static final int MAX_PIECES = 1_000_000;

    public OrderLimits {
        if (maxLines < 1 || maxLines > MAX_LINES) {
            throw new InvalidValueException("max-lines must be 1 to " + MAX_LINES);
        }
        if (maxQuantityPerOrder < 1 || maxQuantityPerOrder > MAX_PIECES) {
            throw new InvalidValueException("max-quantity-per-order must be 1 to " + MAX_PIECES);
        }
    }

    /** What is too much, each in words that may follow the name "items". */
    public List<String> exceededBy(Purchase purchase) {
        List<String> violations = new ArrayList<>();
        if (purchase.lines().size() > maxLines) {
            violations.add("must have at most " + maxLines + " lines");
        }
        if (purchase.pieces() > maxQuantityPerOrder) {
            violations.add("must add up to a quantity of at most " + maxQuantityPerOrder + " in one order, not "
                    + purchase.pieces());
        }
        return violations;
    }
}

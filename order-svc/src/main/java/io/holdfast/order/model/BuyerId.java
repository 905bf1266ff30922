package io.holdfast.order.model;

import java.util.regex.Pattern;

/** Who orders, and whose wallet pays. */
public record BuyerId(String value) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

    public BuyerId {
        if (!isWellFormed(value)) {
            throw new InvalidValueException("must be 1 to 64 characters out of A-Z, a-z, 0-9 and . _ @ -");
        }
    }

    /**
     * A buyer as a request names it. Money could not come in for one whose name is a part of a path that stands for another one; orders
     * of such a buyer, from before that was refused, are still read.
     */
    public static BuyerId named(String value) {
        if (!isWellFormed(value) || PathSegment.standsForAnother(value)) {
            throw new InvalidValueException(
                    "must be 1 to 64 characters out of A-Z, a-z, 0-9 and . _ @ -, and neither . nor ..");
        }
        return new BuyerId(value);
    }

    public static boolean isWellFormed(String value) {
        return FORM.matcher(value).matches();
    }
}

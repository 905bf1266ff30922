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

    public static boolean isWellFormed(String value) {
        return FORM.matcher(value).matches();
    }
}

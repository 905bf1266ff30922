package io.holdfast.order.model;

import java.util.regex.Pattern;

/** What is ordered. */
public record Sku(String value) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Sku {
        if (!FORM.matcher(value).matches()) {
            throw new InvalidValueException("must be 1 to 64 characters out of A-Z, a-z, 0-9 and . _ -");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

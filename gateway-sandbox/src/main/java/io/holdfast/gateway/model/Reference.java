package io.holdfast.gateway.model;

import java.util.regex.Pattern;

/** The merchant's name for what is paid, say an order id. Several charges may bear the same. */
public record Reference(String value) {

    public static final String FORM = "[A-Za-z0-9._-]{1,64}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public Reference {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a reference is 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

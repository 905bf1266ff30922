package io.holdfast.payment.model;

import java.util.regex.Pattern;

/** The buyer who pays. The form is narrow enough that it needs no escaping in a path, a log line or a CSV. */
public record BuyerId(String value) implements Comparable<BuyerId> {

    public static final String FORM = "[A-Za-z0-9._@-]{1,64}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public BuyerId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a buyer id is 1 to 64 characters of A-Z a-z 0-9 . _ @ -");
        }
    }

    @Override
    public int compareTo(BuyerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.stock.model;

import java.util.regex.Pattern;

/** One kind of goods. SKUs are compared character by character; whoever locks several does it in that order. */
public record Sku(String value) implements Comparable<Sku> {

    public static final String FORM = "[A-Za-z0-9._-]{1,64}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public Sku {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a SKU is 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
    }

    @Override
    public int compareTo(Sku other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

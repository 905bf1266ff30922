package io.holdfast.stock.model;

import java.util.regex.Pattern;

/** The order that stock is reserved for, as order-svc names it. */
public record OrderId(String value) implements Comparable<OrderId> {

    public static final String FORM = "[A-Za-z0-9._-]{1,64}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public OrderId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("an order id is 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
    }

    @Override
    public int compareTo(OrderId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

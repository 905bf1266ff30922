package io.holdfast.order.model;

import java.util.regex.Pattern;

/** Identifies one order for ever, in all services. A UUID in lower case, so that one id has one spelling. */
public record OrderId(String value) implements Comparable<OrderId> {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    public OrderId {
        if (!isWellFormed(value)) {
            throw new InvalidValueException("must be a UUID in lower case");
        }
    }

    /** Whether an order of that id could exist at all. */
    public static boolean isWellFormed(String value) {
        return value.length() == 36 && FORM.matcher(value).matches();
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

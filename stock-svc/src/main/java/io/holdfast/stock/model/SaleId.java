package io.holdfast.stock.model;

import java.util.regex.Pattern;

/** A sale, as order-svc names it. */
public record SaleId(String value) {

    public static final String FORM = "[A-Za-z0-9-]{1,36}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public SaleId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a sale id is 1 to 36 characters of A-Z a-z 0-9 -");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.gateway.model;

import java.util.regex.Pattern;

/**
 * A sum to be moved, so it is not zero.
 *
 * @param minor in the currency's smallest unit
 * @param currency three upper-case letters as ISO 4217 has them
 */
public record Money(long minor, String currency) {

    public static final String CURRENCY_FORM = "[A-Z]{3}";

    private static final Pattern CURRENCY = Pattern.compile(CURRENCY_FORM);

    public Money {
        if (minor <= 0) {
            throw new IllegalArgumentException("an amount is positive");
        }
        if (!CURRENCY.matcher(currency).matches()) {
            throw new IllegalArgumentException("a currency is three upper-case letters");
        }
    }
}

package io.holdfast.payment.model;

import java.util.regex.Pattern;

/**
 * A sum that is not negative.
 *
 * @param minor in the currency's smallest unit
 * @param currency three upper-case letters as ISO 4217 has them. Whether such a currency exists is not asked: the runtime's
 *     list differs between Java versions, and services that disagree about a currency would strand an order
 */
public record Money(long minor, String currency) {

    public static final String CURRENCY_FORM = "[A-Z]{3}";

    private static final Pattern CURRENCY = Pattern.compile(CURRENCY_FORM);

    public Money {
        if (minor < 0) {
            throw new IllegalArgumentException("money is not negative");
        }
        if (!CURRENCY.matcher(currency).matches()) {
            throw new IllegalArgumentException("a currency is three upper-case letters");
        }
    }
}

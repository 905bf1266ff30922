package io.holdfast.order.model;

import java.util.regex.Pattern;

/**
 * An amount to be paid, above zero.
 *
 * @param minor in the smallest unit of the currency (fen, cents)
 * @param currency ISO 4217 code
 */
public record Money(long minor, String currency) {

    private static final Pattern CODE = Pattern.compile("[A-Z]{3}");

    public Money {
        if (minor < 1) {
            throw new InvalidValueException("must be above zero");
        }
        if (!CODE.matcher(currency).matches()) {
            throw new InvalidValueException("must have a currency code of three upper-case letters, such as CNY");
        }
    }

    /** @throws ArithmeticException if it does not fit; money never wraps around */
    Money times(Quantity quantity) {
        return new Money(Math.multiplyExact(minor, (long) quantity.value()), currency);
    }

    /** @throws ArithmeticException if it does not fit */
    Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new InvalidValueException("cannot be added up: the currencies differ");
        }
        return new Money(Math.addExact(minor, other.minor), currency);
    }
}

package io.holdfast.payment.model;

/**
 * A buyer's money here, all in one currency.
 *
 * @param deposited all that ever came in, in minor units
 * @param balance free to be spent
 * @param frozen set aside for open payments
 * @param spent taken by captured payments
 */
public record Account(BuyerId buyer, String currency, long deposited, long balance, long frozen, long spent) {

    public Account {
        if (deposited < 0 || balance < 0 || frozen < 0 || spent < 0) {
            throw new IllegalArgumentException("I2: an account with a negative part, buyer " + buyer);
        }
        // Compared before it is subtracted again: the difference of the first two is in range only then.
        if (balance > deposited || deposited - balance - frozen != spent) {
            throw new IllegalArgumentException(
                    "I2: balance + frozen + spent is not what was deposited, buyer " + buyer);
        }
    }

    public Money money(long minor) {
        return new Money(minor, currency);
    }
}

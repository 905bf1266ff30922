package io.holdfast.order.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is ordered.
 *
 * <p>The quota of a sale is a SKU of its own, {@code apple-1@<sale>}, here and in stock-svc: an order of the sale takes of
 * that and of nothing else, by the same steps as any other order. People do not know such names: see {@link #named}.
 */
public record Sku(String value) {

    private static final char OF_SALE = '@';
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Sku {
        int at = value.indexOf(OF_SALE);
        boolean ofSale = at >= 0 && SaleId.isWellFormed(value.substring(at + 1));
        if (!PLAIN.matcher(ofSale ? value.substring(0, at) : value).matches()) {
            throw new InvalidValueException("must be 1 to 64 characters out of A-Z, a-z, 0-9 and . _ -");
        }
    }

    /** A SKU as people name it. Goods of it could not come in if it were a part of a path that stands for another one. */
    public static Sku named(String value) {
        if (!PLAIN.matcher(value).matches() || PathSegment.standsForAnother(value)) {
            throw new InvalidValueException(
                    "must be 1 to 64 characters out of A-Z, a-z, 0-9 and . _ -, and neither . nor ..");
        }
        return new Sku(value);
    }

    /** These goods as far as they are allocated to that sale. */
    public Sku in(SaleId sale) {
        return new Sku(plain().value + OF_SALE + sale);
    }

    /** The sale that they are allocated to. */
    public Optional<SaleId> sale() {
        int at = value.indexOf(OF_SALE);
        return at < 0 ? Optional.empty() : Optional.of(new SaleId(value.substring(at + 1)));
    }

    /** The same goods, as people name them. */
    public Sku plain() {
        int at = value.indexOf(OF_SALE);
        return at < 0 ? this : new Sku(value.substring(0, at));
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.stock.model;

import java.util.regex.Pattern;

/**
 * One kind of goods. SKUs are compared character by character; whoever locks several does it in that order.
 *
 * <p>The quota of a sale is a SKU of its own, {@code apple-1@<sale>}: whoever orders in the sale takes of that and of
 * nothing else, by the same steps as of any other SKU. People do not know such names: see {@link #of}.
 */
public record Sku(String value) implements Comparable<Sku> {

    private static final String CHARACTERS = "[A-Za-z0-9._-]{1,64}";

    /** As people name a SKU: it stands in paths, where a single or a double dot stands for another part. */
    public static final String FORM = "(?!\\.{1,2}$)" + CHARACTERS;

    /** As services name it among themselves. What people cannot name is nothing that anybody has: such an order is refused alone. */
    public static final String INTERNAL_FORM = CHARACTERS + "(@" + SaleId.FORM + ")?";

    private static final char OF_SALE = '@';
    private static final Pattern PATTERN = Pattern.compile(INTERNAL_FORM);
    private static final Pattern NAMED = Pattern.compile(FORM);

    public Sku {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a SKU is 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
    }

    /**
     * A SKU as people name it. Spring makes path variables by this method.
     *
     * @throws IllegalArgumentException if it is none, or it is the quota of a sale
     */
    public static Sku of(String value) {
        if (!NAMED.matcher(value).matches()) {
            throw new IllegalArgumentException("a SKU is 1 to 64 characters of A-Z a-z 0-9 . _ - and neither . nor ..");
        }
        return new Sku(value);
    }

    /** These goods as far as they are allocated to that sale. */
    public Sku in(SaleId sale) {
        return new Sku(plain().value + OF_SALE + sale);
    }

    public boolean isOfSale() {
        return value.indexOf(OF_SALE) >= 0;
    }

    /** The same goods, as people name them. */
    public Sku plain() {
        return isOfSale() ? new Sku(value.substring(0, value.indexOf(OF_SALE))) : this;
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

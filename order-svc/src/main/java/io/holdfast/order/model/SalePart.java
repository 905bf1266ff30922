package io.holdfast.order.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * A shard of the buyers of a sale. The counters of a large sale are compared with its orders part by part, so that no request waits for
 * as long as all of it takes.
 *
 * @param number from 0
 * @param of how many parts the sale has: a power of two
 */
public record SalePart(int number, int of) {

    /**
     * The parts of the largest sale; a part of a smaller sale spans several of these. The column {@code sale_part} of orders holds
     * them, so another number would need a migration.
     */
    public static final int FINEST = 128;

    /**
     * The most that one part has, by its share of the quota: Redis goes through so many in some 10 ms. Must not change while sales run,
     * because their counters stay in as many parts as they began with.
     */
    private static final int PIECES = 8_000;

    public SalePart {
        if (of < 1 || of > FINEST || Integer.bitCount(of) != 1 || number < 0 || number >= of) {
            throw new IllegalArgumentException("There is no part " + number + " of " + of);
        }
    }

    /** All parts of a sale, in order. */
    public static List<SalePart> allOf(SaleTerms terms) {
        int count = countOf(terms);
        return IntStream.range(0, count)
                .mapToObj(number -> new SalePart(number, count))
                .toList();
    }

    /** The part that one buyer belongs to: always the same. */
    public static SalePart of(SaleTerms terms, String buyer) {
        return withFinest(terms, finestOf(buyer));
    }

    /** @param finest one of the finest parts, from 0 */
    public static SalePart withFinest(SaleTerms terms, int finest) {
        int count = countOf(terms);
        return new SalePart(finest / (FINEST / count), count);
    }

    /** The finest part that a buyer belongs to, from 0, whatever the sale. */
    public static int finestOf(String buyer) {
        CRC32 crc = new CRC32();
        crc.update(buyer.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % FINEST);
    }

    /** The first of the finest parts that it consists of. */
    public int first() {
        return number * (FINEST / of);
    }

    /** The last of the finest parts that it consists of. */
    public int last() {
        return first() + FINEST / of - 1;
    }

    private static int countOf(SaleTerms terms) {
        int count = 1;
        while (count < FINEST && count * PIECES < terms.quota()) {
            count *= 2;
        }
        return count;
    }
}

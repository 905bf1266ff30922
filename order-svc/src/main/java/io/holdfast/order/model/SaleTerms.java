package io.holdfast.order.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is sold in a sale, and how.
 *
 * @param sku as people name it
 * @param quota pieces that are set apart for it
 * @param perBuyerLimit pieces that one buyer may have of it, over all orders
 */
public record SaleTerms(Sku sku, int quota, Money unitPrice, int perBuyerLimit, Instant opensAt, Instant closesAt) {

    /** Bounds what a sale keeps in memory elsewhere. */
    public static final int MAX_QUOTA = 1_000_000;

    public static final Duration LONGEST = Duration.ofDays(90);

    /** Times that every part keeps: the database knows four digits of a year. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2999-01-01T00:00:00Z");

    private static final String OUT_OF_RANGE = "must be from 2000 to 2998";

    public SaleTerms {
        flawsOf(quota, perBuyerLimit, opensAt, closesAt).stream().findFirst().ifPresent(flaw -> {
            throw new InvalidValueException(flaw.field() + " " + flaw.message());
        });
    }

    /** What is wrong with a price: a single piece has to be something that can be ordered. */
    public static Optional<Flaw> flawOf(Money unitPrice) {
        return unitPrice.minor() <= Purchase.MAX_TOTAL_MINOR
                ? Optional.empty()
                : Optional.of(new Flaw(
                        "unitPrice",
                        "must not be above " + Purchase.MAX_TOTAL_MINOR + " minor units, as no order may be"));
    }

    /** All that is wrong with the numbers and times of a sale. */
    public static List<Flaw> flawsOf(long quota, long perBuyerLimit, Instant opensAt, Instant closesAt) {
        List<Flaw> flaws = new ArrayList<>();
        if (quota < 1 || quota > MAX_QUOTA) {
            flaws.add(new Flaw("quota", "must be from 1 to " + MAX_QUOTA));
        }
        if (perBuyerLimit < 1) {
            flaws.add(new Flaw("perBuyerLimit", "must be at least 1"));
        } else if (perBuyerLimit > quota) {
            flaws.add(new Flaw("perBuyerLimit", "must not be above the quota"));
        }
        if (isBeyond(opensAt)) {
            flaws.add(new Flaw("opensAt", OUT_OF_RANGE));
        } else if (isBeyond(closesAt)) {
            flaws.add(new Flaw("closesAt", OUT_OF_RANGE));
        } else if (!opensAt.isBefore(closesAt)) {
            flaws.add(new Flaw("closesAt", "must be after opensAt"));
        } else if (opensAt.plus(LONGEST).isBefore(closesAt)) {
            flaws.add(new Flaw("closesAt", "must be at most " + LONGEST.toDays() + " days after opensAt"));
        }
        return flaws;
    }

    private static boolean isBeyond(Instant time) {
        return time.isBefore(EARLIEST) || time.isAfter(LATEST);
    }

    /** @param message what, in words that may follow the name of the field */
    public record Flaw(String field, String message) {}
}

package io.holdfast.order.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is sold in a sale, and how.
 *
 * @param sku as people name it
 * @param quota pieces that are set apart for it
 * @param perBuyerLimit pieces that one buyer may have of it, over all orders
 */
public record SaleTerms(Sku sku, int quota, Money unitPrice, int perBuyerLimit, Instant opensAt, Instant closesAt) {

    /** Bounds what a sale keeps in memory elsewhere. */
    public static final int GREATEST_QUOTA = 1_000_000;

    public static final Duration LONGEST = Duration.ofDays(90);

    public SaleTerms {
        flawsOf(quota, perBuyerLimit, opensAt, closesAt).stream().findFirst().ifPresent(flaw -> {
            throw new InvalidValueException(flaw.field() + " " + flaw.message());
        });
    }

    /** All that is wrong with the numbers and times of a sale. */
    public static List<Flaw> flawsOf(long quota, long perBuyerLimit, Instant opensAt, Instant closesAt) {
        List<Flaw> flaws = new ArrayList<>();
        if (quota < 1 || quota > GREATEST_QUOTA) {
            flaws.add(new Flaw("quota", "must be from 1 to " + GREATEST_QUOTA));
        }
        if (perBuyerLimit < 1) {
            flaws.add(new Flaw("perBuyerLimit", "must be at least 1"));
        } else if (perBuyerLimit > quota) {
            flaws.add(new Flaw("perBuyerLimit", "must not be above the quota"));
        }
        if (!opensAt.isBefore(closesAt)) {
            flaws.add(new Flaw("closesAt", "must be after opensAt"));
        } else if (opensAt.plus(LONGEST).isBefore(closesAt)) {
            flaws.add(new Flaw("closesAt", "must be at most " + LONGEST.toDays() + " days after opensAt"));
        }
        return flaws;
    }

    /** @param message what, in words that may follow the name of the field */
    public record Flaw(String field, String message) {}
}

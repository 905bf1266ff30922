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
 * @param quota pieces that are allocated to it
 * @param perBuyerLimit pieces that one buyer may have of it, over all orders
 */
public record SaleTerms(Sku sku, int quota, Money unitPrice, int perBuyerLimit, Instant opensAt, Instant closesAt) {

    /** Bounds what a sale keeps in memory elsewhere. */
    public static final int MAX_QUOTA = 1_000_000;

    public static final Duration MAX_DURATION = Duration.ofDays(90);

    /** Times that every part keeps: the database knows four digits of a year. */
    private static final Instant MIN_TIME = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant MAX_TIME = Instant.parse("2999-01-01T00:00:00Z");

    private static final String OUT_OF_RANGE = "must be from 2000 to 2998";

    public SaleTerms {
        errorsIn(quota, perBuyerLimit, opensAt, closesAt).stream().findFirst().ifPresent(error -> {
            throw new InvalidValueException(error.field() + " " + error.message());
        });
    }

    /** What is wrong with a price: a single piece has to be something that can be ordered. */
    public static Optional<ValidationError> errorIn(Money unitPrice) {
        return unitPrice.minor() <= Purchase.MAX_TOTAL_MINOR
                ? Optional.empty()
                : Optional.of(new ValidationError(
                        "unitPrice",
                        "must not be above " + Purchase.MAX_TOTAL_MINOR + " minor units, as no order may be"));
    }

    /** All that is wrong with the numbers and times of a sale. */
    public static List<ValidationError> errorsIn(long quota, long perBuyerLimit, Instant opensAt, Instant closesAt) {
        List<ValidationError> errors = new ArrayList<>();
        if (quota < 1 || quota > MAX_QUOTA) {
            errors.add(new ValidationError("quota", "must be from 1 to " + MAX_QUOTA));
        }
        if (perBuyerLimit < 1) {
            errors.add(new ValidationError("perBuyerLimit", "must be at least 1"));
        } else if (perBuyerLimit > quota) {
            errors.add(new ValidationError("perBuyerLimit", "must not be above the quota"));
        }
        if (isBeyond(opensAt)) {
            errors.add(new ValidationError("opensAt", OUT_OF_RANGE));
        } else if (isBeyond(closesAt)) {
            errors.add(new ValidationError("closesAt", OUT_OF_RANGE));
        } else if (!opensAt.isBefore(closesAt)) {
            errors.add(new ValidationError("closesAt", "must be after opensAt"));
        } else if (opensAt.plus(MAX_DURATION).isBefore(closesAt)) {
            errors.add(new ValidationError(
                    "closesAt", "must be at most " + MAX_DURATION.toDays() + " days after opensAt"));
        }
        return errors;
    }

    private static boolean isBeyond(Instant time) {
        return time.isBefore(MIN_TIME) || time.isAfter(MAX_TIME);
    }
}

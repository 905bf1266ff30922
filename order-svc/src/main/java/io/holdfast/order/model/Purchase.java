package io.holdfast.order.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a buyer asks for: whole, consistent and with a total that is known to fit.
 *
 * <p>A SKU stands in one line only. Two lines of one SKU could be merged, but not when their prices differ, and a program that
 * sends it twice has more likely made a mistake; so it is refused and told.
 *
 * @param lines at least one, in the order in which they came
 */
public record Purchase(BuyerId buyer, List<OrderLine> lines, PaymentMethod method) {

    /** A thousand million units of a currency with two decimals: far above any order, far below where sums overflow. */
    public static final long MAX_TOTAL_MINOR = 100_000_000_000L;

    public Purchase {
        lines = List.copyOf(lines);
        violationsOf(lines).stream().findFirst().ifPresent(violation -> {
            throw new InvalidValueException(violation);
        });
        if (lines.size() > 1
                && lines.stream().anyMatch(line -> line.sku().sale().isPresent())) {
            throw new InvalidValueException("of a sale must have one line");
        }
    }

    /** All that is wrong with these lines taken together, each in words that may follow the name "items". */
    public static List<String> violationsOf(List<OrderLine> lines) {
        if (lines.isEmpty()) {
            return List.of("must have at least one line");
        }
        List<String> violations = new ArrayList<>();
        Set<Sku> seen = new HashSet<>();
        Set<Sku> repeated = new HashSet<>();
        for (OrderLine line : lines) {
            if (!seen.add(line.sku()) && repeated.add(line.sku())) {
                violations.add("must have each SKU once, but have " + line.sku()
                        + " in several lines; put them together into one");
            }
        }
        if (lines.stream().map(line -> line.unitPrice().currency()).distinct().count() > 1) {
            violations.add("must all be priced in one currency");
        } else if (!totalFits(lines)) {
            violations.add("must not cost more than " + MAX_TOTAL_MINOR + " minor units in all");
        }
        return violations;
    }

    private static boolean totalFits(List<OrderLine> lines) {
        try {
            return totalOf(lines).minor() <= MAX_TOTAL_MINOR;
        } catch (ArithmeticException tooLarge) {
            return false;
        }
    }

    private static Money totalOf(List<OrderLine> lines) {
        return lines.stream().map(OrderLine::total).reduce(Money::plus).orElseThrow();
    }

    /** The sale that it is made in, if any. */
    public Optional<SaleId> sale() {
        return lines.get(0).sku().sale();
    }

    /** What it costs in all. */
    public Money total() {
        return totalOf(lines);
    }

    /** How many pieces in all; a sum of at most 2^31 lines of 2^31 pieces, so it fits. */
    public long pieces() {
        return lines.stream().mapToLong(line -> line.quantity().value()).sum();
    }
}

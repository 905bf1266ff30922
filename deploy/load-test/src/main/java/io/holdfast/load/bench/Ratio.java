package io.holdfast.load.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Two variants against each other: the medians of their orders a second, each with the number of clients that suits it best unless
 * one is given.
 *
 * @param over the variant that is divided
 * @param under the variant that it is divided by
 * @param clients of both; empty: whichever is best for each
 * @param target at least this is to be reached; empty: told for comparison
 */
record Ratio(int over, int under, OptionalInt clients, OptionalDouble target) {

    static final List<Ratio> ALL = List.of(
            best(7, 1, 5),
            best(7, 5, 20),
            best(7, 8, 1.5),
            best(6, 1, 3),
            new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.of(0.95)),
            best(2, 1, 0.25),
            best(2, 3, 1.0),
            new Ratio(9, 2, OptionalInt.of(64), OptionalDouble.of(0.9)),
            new Ratio(12, 3, OptionalInt.of(64), OptionalDouble.empty()),
            best(10, 11, 0.5));

    private static Ratio best(int over, int under, double target) {
        return new Ratio(over, under, OptionalInt.empty(), OptionalDouble.of(target));
    }

    /** @param value what was measured */
    record Measured(String name, OptionalDouble target, double value) {

        boolean isReached() {
            return target.isEmpty() || value >= target.getAsDouble();
        }
    }

    /** Empty if one of the two was not measured. */
    Optional<Measured> in(Results results) {
        return results.line(over, clients).flatMap(dividend -> results.line(under, clients)
                .filter(divisor -> divisor.ordersPerSecond() > 0)
                .map(divisor -> new Measured(name(), target, dividend.ordersPerSecond() / divisor.ordersPerSecond())));
    }

    private String name() {
        return over + " / " + under
                + (clients.isPresent()
                        ? ", " + clients.getAsInt() + (clients.getAsInt() == 1 ? " client" : " clients")
                        : "");
    }
}

package io.holdfast.load.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Two variants against each other: the medians of their orders a second, each with the number of clients that suits it best unless
 * one is given, and of the processor time that an order took then. On a machine that others use too the second holds where the first
 * does not.
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

    /** What a ratio says. */
    enum Judgement {
        REACHED("reached"),
        NOT_REACHED("not reached"),
        /** One of the two was not warm, or the machine was busy. */
        NOT_JUDGED("not judged"),
        /** There is no target. */
        FOR_COMPARISON("");

        private final String words;

        Judgement(String words) {
            this.words = words;
        }
    }

    /**
     * What was measured.
     *
     * @param value of orders a second: the more, the better
     * @param cpuValue of CPU milliseconds per order: the less, the better; empty if an order took none
     * @param doubts why it says little; empty if it is good
     */
    record Measured(
            String name,
            OptionalDouble target,
            double value,
            OptionalDouble cpuValue,
            Judgement judgement,
            List<String> doubts) {

        String inWords() {
            return judgement.words + (doubts.isEmpty() ? "" : ": " + String.join("; ", doubts));
        }
    }

    /** Empty if one of the two was not measured. */
    Optional<Measured> in(Results results) {
        return results.line(over, clients).flatMap(dividend -> results.line(under, clients)
                .filter(divisor -> divisor.ordersPerSecond() > 0)
                .map(divisor -> measured(dividend, divisor)));
    }

    private Measured measured(Results.Line dividend, Results.Line divisor) {
        double value = dividend.ordersPerSecond() / divisor.ordersPerSecond();
        double cpu = divisor.allCpuMillisPerOrder();
        List<String> doubts = new ArrayList<>();
        dividend.doubts().forEach(doubt -> doubts.add("variant " + over + " " + doubt));
        divisor.doubts().forEach(doubt -> doubts.add("variant " + under + " " + doubt));
        return new Measured(
                name(),
                target,
                value,
                cpu > 0 ? OptionalDouble.of(dividend.allCpuMillisPerOrder() / cpu) : OptionalDouble.empty(),
                judge(value, doubts),
                List.copyOf(doubts));
    }

    private Judgement judge(double value, List<String> doubts) {
        if (!doubts.isEmpty()) {
            return Judgement.NOT_JUDGED;
        }
        if (target.isEmpty()) {
            return Judgement.FOR_COMPARISON;
        }
        return value >= target.getAsDouble() ? Judgement.REACHED : Judgement.NOT_REACHED;
    }

    private String name() {
        return over + " / " + under
                + (clients.isPresent()
                        ? ", " + clients.getAsInt() + (clients.getAsInt() == 1 ? " client" : " clients")
                        : "");
    }
}

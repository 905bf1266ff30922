package io.holdfast.load.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured, and how long.
 *
 * @param rounds all variants in turn, so often
 * @param clients how many at once, of what a variant is measured with; all if there are none
 * @param longestWarmUp of each variant, before all rounds; it ends when the variant is warm; zero: none
 * @param settling of each measurement, before it counts
 * @param measured time of each measurement, and of each slice of a warm-up
 */
record Pace(int rounds, List<Integer> clients, Duration longestWarmUp, Duration settling, Duration measured) {

    /** Fifteen minutes for all variants, or twice as much on a slow machine, where everything takes longer to be warm. */
    static final Pace FULL =
            new Pace(3, List.of(), Duration.ofSeconds(120), Duration.ofSeconds(1), Duration.ofSeconds(4));

    /** Four to six minutes for all variants. */
    static final Pace QUICK =
            new Pace(1, List.of(1, 64, 256), Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(2));

    /** Shows that everything runs, alone and with others; the figures are worth nothing. */
    static final Pace ONCE = new Pace(1, List.of(1, 64), Duration.ZERO, Duration.ofMillis(100), Duration.ofMillis(500));

    Pace {
        clients = List.copyOf(clients);
        if (rounds < 1) {
            throw new IllegalArgumentException("a benchmark has at least one round, not " + rounds);
        }
    }

    /** Whether figures are of worth that small things spoil, such as what the variant before has left to the coordinator. */
    boolean waitsForQuiet() {
        return measured.compareTo(ONCE.measured) > 0;
    }

    Pace rounds(int number) {
        return new Pace(number, clients, longestWarmUp, settling, measured);
    }

    Pace only(List<Integer> numbers) {
        return new Pace(rounds, numbers, longestWarmUp, settling, measured);
    }

    boolean measures(int number) {
        return clients.isEmpty() || clients.contains(number);
    }
}

package io.holdfast.load.bench;

import java.time.Duration;

/**
 * How long is measured.
 *
 * @param rounds all variants in turn, so often
 * @param warmUp of each variant, before its first round
 * @param settling of each measurement, before it counts
 * @param measured time of each measurement
 */
record Pace(int rounds, Duration warmUp, Duration settling, Duration measured) {

    /** About twenty minutes for all variants. */
    static final Pace FULL = new Pace(3, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(6));

    /** Shows that everything runs; the figures are worth nothing. */
    static final Pace ONCE = new Pace(1, Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(1));

    /** About ten minutes for all variants. */
    static final Pace QUICK = new Pace(2, Duration.ofSeconds(4), Duration.ofMillis(500), Duration.ofSeconds(2));

    /** @throws IllegalArgumentException if nothing would be measured */
    Pace with(int rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("a benchmark has at least one round, not " + rounds);
        }
        return new Pace(rounds, warmUp, settling, measured);
    }
}

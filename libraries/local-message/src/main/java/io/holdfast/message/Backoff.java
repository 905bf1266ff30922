package io.holdfast.message;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** A delay that doubles to a cap. Half of it is random, so that messages that failed together do not come back together. */
record Backoff(Duration first, Duration max, RandomGenerator random) {

    /** 2^30 times the smallest first delay is longer than any cap. */
    private static final int MAX_DOUBLINGS = 30;

    /** @param attempts made so far, at least 1 */
    Duration after(int attempts) {
        int doublings = Math.min(Math.max(attempts, 1) - 1, MAX_DOUBLINGS);
        long cap = max.toMillis();
        // Compared before it is multiplied, so that nothing overflows.
        long bound = first.toMillis() > cap >> doublings ? cap : first.toMillis() << doublings;
        return Duration.ofMillis(random.nextLong(bound / 2, bound + 1));
    }
}

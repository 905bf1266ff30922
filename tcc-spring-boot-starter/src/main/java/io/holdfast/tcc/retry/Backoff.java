package io.holdfast.tcc.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delay before the next attempt: anything from nearly nothing up to a bound that doubles with each failure ("full jitter"),
 * so that branches that failed together do not come back together.
 */
public final class Backoff {

    /** Not from zero: an attempt that follows at once meets what made the last one fail. */
    static final Duration FLOOR = Duration.ofMillis(100);

    /** 2^40 times the smallest initial delay is longer than any cap. */
    private static final int MAX_DOUBLINGS = 40;

    private final RandomGenerator random;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** @param failures how many attempts failed since the delay last started from its smallest, at least 1 */
    public Duration delayAfter(int failures, ActionPolicy policy) {
        long bound = bound(failures, policy).toMillis();
        long floor = Math.min(FLOOR.toMillis(), bound);
        return Duration.ofMillis(random.nextLong(floor, bound + 1));
    }

    /** The longest that is waited after so many failures. */
    public static Duration bound(int failures, ActionPolicy policy) {
        if (failures < 1) {
            throw new IllegalArgumentException("A delay follows at least one failure, not " + failures);
        }
        int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
        long cap = policy.maxDelay().toMillis();
        long initial = Math.max(1, policy.initialDelay().toMillis());
        // Compared before it is multiplied, so that nothing overflows.
        boolean capped = initial > cap >> doublings;
        return Duration.ofMillis(capped ? cap : initial << doublings);
    }
}

package io.holdfast.tcc.retry;

import java.time.Duration;

/**
 * How the second phase of one action is attempted.
 *
 * @param initialDelay the most that is waited after the first failure; it doubles with each further one
 * @param maxDelay where the doubling ends
 * @param deadline how long after the decision a Confirm is given up, or parked if the action cannot be given up; Cancels are
 *     parked then
 * @param async whether a first Confirm runs on a thread of its own instead of the coordinator's call
 * @param answerWithin how long the coordinator waits for an async Confirm before it gets the answer "not yet"
 * @param concurrency how many attempts of this action run at once in one instance; branches that failed often take no more than
 *     half of them, and the others leave them a quarter
 * @param paused whether no attempts are made at all
 */
public record ActionPolicy(
        Duration initialDelay,
        Duration maxDelay,
        Duration deadline,
        boolean async,
        Duration answerWithin,
        int concurrency,
        boolean paused) {

    private static final Duration MAX_DELAY = Duration.ofDays(1);
    private static final Duration MAX_DEADLINE = Duration.ofDays(365);
    private static final Duration MAX_ANSWER = Duration.ofSeconds(10);
    private static final int MAX_CONCURRENCY = 256;

    // After the bounds, which it is checked against.
    /** What holds if nothing is set. */
    public static final ActionPolicy DEFAULT = new ActionPolicy(
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            false,
            Duration.ofMillis(200),
            8,
            false);

    public ActionPolicy {
        requireBetween("initial-delay", initialDelay, Duration.ofMillis(1), MAX_DELAY);
        requireBetween("max-delay", maxDelay, initialDelay, MAX_DELAY);
        requireBetween("deadline", deadline, Duration.ofMillis(1), MAX_DEADLINE);
        requireBetween("answer-within", answerWithin, Duration.ZERO, MAX_ANSWER);
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            throw new IllegalArgumentException(
                    "concurrency is %d; it has to be from 1 to %d".formatted(concurrency, MAX_CONCURRENCY));
        }
    }

    private static void requireBetween(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; it has to be from %s to %s".formatted(name, value, least, most));
        }
    }
}

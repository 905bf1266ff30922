package io.holdfast.message;

import java.time.Duration;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * When a message that could not be taken is tried again.
 *
 * <p>Between two attempts the consumer's thread waits and its heartbeats go on; as long as one wait is far below Kafka's {@code
 * max.poll.interval.ms} of 5 minutes, it stays in its group and keeps its messages. Nothing is committed meanwhile.
 *
 * @param first wait after a failure of the infrastructure; doubles each time
 * @param max the longest of these waits; they go on without end
 */
record RetryPolicy(Duration first, Duration max) {

    private static final Duration MAX = Duration.ofSeconds(10);

    /** Half of the 10 s that a message may wait after what was away is back. */
    static final RetryPolicy STANDARD = new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(5));

    private static final long HANDLERS_RETRY_MILLIS = 500;
    private static final long HANDLERS_RETRIES = 2;

    RetryPolicy {
        if (max.compareTo(MAX) > 0 || first.compareTo(max) > 0 || first.isNegative() || first.isZero()) {
            throw new IllegalArgumentException("Waits have to be above 0 and up to " + MAX + ": " + first + ", " + max);
        }
    }

    /** Never ends. */
    BackOff ofInfrastructure() {
        ExponentialBackOff backOff = new ExponentialBackOff(first.toMillis(), 2);
        backOff.setMaxInterval(max.toMillis());
        return backOff;
    }

    /** Ends soon: the sender keeps the message, and the others behind it wait. */
    static BackOff ofHandler() {
        return new FixedBackOff(HANDLERS_RETRY_MILLIS, HANDLERS_RETRIES);
    }
}

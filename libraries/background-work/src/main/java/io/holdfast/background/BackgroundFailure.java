package io.holdfast.background;

import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs failures of work that nobody waits for. */
public final class BackgroundFailure {

    /** Counter with the tags {@code task} and {@code kind} (error, exception). Worth an alert. */
    public static final String FAILURES = "holdfast.background.failures";

    private static final Logger log = LoggerFactory.getLogger(BackgroundFailure.class);

    /** How long failures of one task are only counted after one was logged: a full log helps nobody. */
    private static final long REPEAT_NANOS = Duration.ofMinutes(1).toNanos();

    /** By task, of which there are as many as there are places in the code. */
    private static final Map<String, Long> LAST_LOGGED = new ConcurrentHashMap<>();

    private BackgroundFailure() {}

    /**
     * Raises an alarm: counts the failure, and logs it unless one of the same task was logged a moment ago. It never throws, whatever
     * state the process is in.
     *
     * @param task as it is named in the metric: one of a few, never anything that comes from outside
     */
    public static void alarm(String task, Throwable failure) {
        try {
            String kind = failure instanceof Error ? "error" : "exception";
            Metrics.counter(FAILURES, "task", task, "kind", kind).increment();
            if (isToBeLogged(task)) {
                log.error("ALARM {} failed in a way that nobody foresaw; it goes on", task, failure);
            }
        } catch (Throwable unspeakable) {
            // Without memory nothing can be logged. The next failure is, and the work goes on, which counts more.
        }
    }

    private static boolean isToBeLogged(String task) {
        long now = System.nanoTime();
        Long last = LAST_LOGGED.get(task);
        if (last != null && now - last < REPEAT_NANOS) {
            return false;
        }
        LAST_LOGGED.put(task, now);
        return true;
    }
}

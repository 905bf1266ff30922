package io.holdfast.load.seckill;

import io.holdfast.load.measure.Latency;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Takes down answers while they come, from any thread. */
final class AnswersSoFar {

    private final Map<Ending, Long> endings = new EnumMap<>(Ending.class);
    private final Histogram paid = new Histogram(Latency.MAX_MICROS, Latency.DIGITS);
    private final Histogram refused = new Histogram(Latency.MAX_MICROS, Latency.DIGITS);
    private long first = Long.MAX_VALUE;
    private long lastPaid = Long.MIN_VALUE;
    private long lastRefused = Long.MIN_VALUE;

    /**
     * @param from when the buyer asked for the first time, by {@link System#nanoTime()}
     * @param to when the answer came
     */
    synchronized void note(Ending ending, long from, long to) {
        endings.merge(ending, 1L, Long::sum);
        first = Math.min(first, from);
        long micros = Math.min(TimeUnit.NANOSECONDS.toMicros(to - from), Latency.MAX_MICROS);
        if (ending == Ending.PAID) {
            paid.recordValue(micros);
            lastPaid = Math.max(lastPaid, to);
        } else if (ending.isRefusal()) {
            refused.recordValue(micros);
            lastRefused = Math.max(lastRefused, to);
        }
    }

    synchronized Answers summedUp() {
        return new Answers(
                endings,
                perSecond(paid.getTotalCount(), lastPaid),
                perSecond(refused.getTotalCount(), lastRefused),
                Latency.of(paid),
                Latency.of(refused));
    }

    private double perSecond(long many, long last) {
        return many == 0 || last <= first ? 0 : many * 1e9 / (last - first);
    }
}

package io.holdfast.load.measure;

import org.HdrHistogram.AbstractHistogram;

/**
 * How long answers took, in milliseconds.
 *
 * @param p50 half of them took at most this long
 * @param p95 95 of 100
 * @param p99 99 of 100
 * @param max the slowest
 */
public record Latency(double p50, double p95, double p99, double max) {

    /** The longest that is told apart, in microseconds; what takes longer counts as this. */
    public static final long MAX_MICROS = 120_000_000;

    /** Digits that a recorded time is exact to. */
    public static final int DIGITS = 3;

    /** Of times recorded in microseconds; zeros if there is none. */
    public static Latency of(AbstractHistogram micros) {
        return new Latency(
                millis(micros.getValueAtPercentile(50)),
                millis(micros.getValueAtPercentile(95)),
                millis(micros.getValueAtPercentile(99)),
                millis(micros.getMaxValue()));
    }

    private static double millis(long micros) {
        return micros / 1_000.0;
    }
}

package io.holdfast.tcc.fence;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts what became of every call to the fence. */
public final class FenceMetrics {

    /** Counter with the tags {@code action} and {@code outcome} (a {@link FenceOutcome} in lower case). */
    public static final String CALLS = "holdfast.tcc.fence";

    private final MeterRegistry registry;

    public FenceMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(String action, FenceOutcome outcome) {
        registry.counter(CALLS, "action", action, "outcome", outcome.tag()).increment();
    }
}

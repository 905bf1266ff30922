package io.holdfast.reconciliation;

import io.holdfast.reconciliation.CheckRun.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be measured of the checks. The gauges are read from the tables, so every instance reports the same. */
public final class ReconciliationMetrics {

    /** Gauge, tags {@code check} and {@code invariant}: findings that are open. */
    public static final String FINDINGS = "holdfast.reconciliation.findings";

    /** Gauge, tag {@code check}, in seconds: since the last run that examined everything; -1 before the first. */
    public static final String AGE = "holdfast.reconciliation.age";

    /** Gauge, tags {@code check} and {@code figure}: what a check measures by the way, such as reservations by age. */
    public static final String FIGURE = "holdfast.reconciliation.figure";

    /** Counter, tags {@code check} and {@code outcome}: completed, not_completed, failed. */
    public static final String RUNS = "holdfast.reconciliation.runs";

    /** Counter, tag {@code check}: findings that were repaired. */
    public static final String REPAIRS = "holdfast.reconciliation.repairs";

    /** The name of {@link #REPAIRS} up to version 1.0; the next release drops it. */
    private static final String REPAIRS_BEFORE = "holdfast.reconciliation.mends";

    private final MeterRegistry registry;
    private final MultiGauge findings;
    private final MultiGauge age;
    private final MultiGauge figure;

    ReconciliationMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.findings = MultiGauge.builder(FINDINGS).register(registry);
        this.age = MultiGauge.builder(AGE).baseUnit("seconds").register(registry);
        this.figure = MultiGauge.builder(FIGURE).register(registry);
    }

    void ran(String check, Outcome outcome) {
        registry.counter(RUNS, "check", check, "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void repaired(String check) {
        registry.counter(REPAIRS, "check", check).increment();
        registry.counter(REPAIRS_BEFORE, "check", check).increment();
    }

    void publish(List<Check> checks, List<CheckRun> runs, Map<String, Long> open, Instant now) {
        List<MultiGauge.Row<?>> counts = new ArrayList<>();
        // An alert needs a zero.
        checks.forEach(check -> counts.add(MultiGauge.Row.of(
                Tags.of("check", check.name(), "invariant", check.invariant()), open.getOrDefault(check.name(), 0L))));
        List<MultiGauge.Row<?>> ages = new ArrayList<>();
        List<MultiGauge.Row<?>> figures = new ArrayList<>();
        runs.forEach(run -> {
            Instant completed = run.completedAt();
            ages.add(MultiGauge.Row.of(
                    Tags.of("check", run.check()),
                    completed == null ? -1 : Duration.between(completed, now).toMillis() / 1000.0));
            run.figures()
                    .forEach((name, value) ->
                            figures.add(MultiGauge.Row.of(Tags.of("check", run.check(), "figure", name), value)));
        });
        findings.register(counts, true);
        age.register(ages, true);
        figure.register(figures, true);
    }
}

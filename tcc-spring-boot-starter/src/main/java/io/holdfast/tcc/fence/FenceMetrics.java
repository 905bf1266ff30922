package io.holdfast.tcc.fence;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Counts and times what becomes of branches. */
public final class FenceMetrics {

    /** Counter with the tags {@code action} and {@code outcome} (a {@link FenceOutcome} in lower case). */
    public static final String CALLS = "holdfast.tcc.fence";

    /**
     * Counter of the attempts of phase two that were made by the retry scheduler or that brought a branch into it, with the tags
     * {@code action}, {@code operation} (confirm, cancel, empty-rollback, give-up) and {@code result} (done, failed, refused).
     */
    public static final String ATTEMPTS = "holdfast.tcc.attempts";

    /** Counter with the tag {@code action}: branches that began to wait for a person. Worth an alert. */
    public static final String PARKED = "holdfast.tcc.parked";

    /**
     * Timer with the tags {@code action} and {@code outcome} (committed, rolled-back, empty-rollback, given-up): from the
     * coordinator's first request to the end of the branch, attempts and delays included. With the percentiles 50, 95 and 99 of
     * this instance; who wants them of all instances together asks for a histogram
     * ({@code management.metrics.distribution.percentiles-histogram}).
     */
    public static final String PHASE_TWO = "holdfast.tcc.phase.two";

    /**
     * Gauge with the tags {@code action} and {@code state} (tried, scheduled, giving-up, parked): branches that are not finished,
     * in all instances together, so every instance shows the same.
     */
    public static final String BACKLOG = "holdfast.tcc.backlog";

    /** Gauge with the same tags, in seconds: the age of the oldest of them; 0 if there is none. */
    public static final String OLDEST = "holdfast.tcc.backlog.oldest";

    /**
     * Counter with the tags {@code schema} and {@code other}: phase two that came here, to the first, for branches that were tried
     * on the second. Worth an alert: two services with one application id and different databases use one coordinator.
     */
    public static final String OTHER_SCHEMA = "holdfast.tcc.other.schema";

    /**
     * Counter with the tags {@code action} and {@code result} (cancel, confirm, left): branches whose end nobody had asked for. Those
     * that were left wait for a person. Worth an alert.
     */
    public static final String ORPHANS = "holdfast.tcc.orphans";

    private static final List<String> ORPHAN_RESULTS = List.of(Decision.CANCEL.tag(), Decision.CONFIRM.tag(), "left");

    private final MeterRegistry registry;
    private final MultiGauge backlog;
    private final MultiGauge oldest;

    public FenceMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.backlog = MultiGauge.builder(BACKLOG).register(registry);
        this.oldest = MultiGauge.builder(OLDEST).baseUnit("seconds").register(registry);
    }

    /** @param actions those that have a value even if nothing of them is open: an alert needs a zero */
    public void backlog(Collection<String> actions, List<BacklogEntry> entries, Instant now) {
        Map<Tags, BacklogEntry> byTags = new LinkedHashMap<>();
        for (BacklogEntry entry : entries) {
            byTags.put(tags(entry.action(), entry.state()), entry);
        }
        List<MultiGauge.Row<?>> counts = new ArrayList<>();
        List<MultiGauge.Row<?>> ages = new ArrayList<>();
        Set<Tags> all = new LinkedHashSet<>(byTags.keySet());
        for (String action : actions) {
            // What begins with its first event is not seen to increase by it.
            parkedBranches(action);
            ORPHAN_RESULTS.forEach(result -> orphans(action, result));
            for (BacklogEntry.State state : BacklogEntry.State.values()) {
                all.add(tags(action, state));
            }
        }
        for (Tags tags : all) {
            BacklogEntry entry = byTags.get(tags);
            counts.add(MultiGauge.Row.of(tags, entry == null ? 0 : entry.branches()));
            ages.add(MultiGauge.Row.of(
                    tags,
                    entry == null ? 0 : Duration.between(entry.oldest(), now).toMillis() / 1000.0));
        }
        backlog.register(counts, true);
        oldest.register(ages, true);
    }

    private static Tags tags(String action, BacklogEntry.State state) {
        return Tags.of(
                "action", action, "state", state.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    public void count(String action, FenceOutcome outcome) {
        registry.counter(CALLS, "action", action, "outcome", outcome.tag()).increment();
    }

    /**
     * @param operation confirm, cancel, empty-rollback or give-up
     * @param result done, failed or refused
     */
    public void attempted(String action, String operation, String result) {
        registry.counter(ATTEMPTS, "action", action, "operation", operation, "result", result)
                .increment();
    }

    public void parked(String action) {
        parkedBranches(action).increment();
    }

    public void otherSchema(String own, String other) {
        registry.counter(OTHER_SCHEMA, "schema", own, "other", other).increment();
    }

    /** @param result the tag of what was decided, or {@code left} */
    public void orphan(String action, String result) {
        orphans(action, result).increment();
    }

    private Counter orphans(String action, String result) {
        return registry.counter(ORPHANS, "action", action, "result", result);
    }

    private Counter parkedBranches(String action) {
        return registry.counter(PARKED, "action", action);
    }

    public void ended(String action, FenceOutcome outcome, Duration took) {
        Timer.builder(PHASE_TWO)
                .tags("action", action, "outcome", outcome.tag())
                .publishPercentiles(0.5, 0.95, 0.99)
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
    }
}

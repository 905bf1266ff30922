package io.holdfast.order.placing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What can be measured of groups. */
@Component
public class GroupMetrics {

    /** Distribution: orders that went into one global transaction together. */
    public static final String SIZE = "holdfast.order.group.size";

    /** Timer: from the arrival in the queue until the order's group begins. */
    public static final String WAIT = "holdfast.order.group.wait";

    /** Gauge: groups that are being carried out. */
    public static final String IN_FLIGHT = "holdfast.order.group.in.flight";

    /** Gauge: orders that wait for a group. */
    public static final String WAITING = "holdfast.order.group.waiting";

    /** Counter, tag {@code reason}: full, late, stopping. Orders that were not taken into any group. */
    public static final String REFUSED = "holdfast.order.group.refused";

    private final MeterRegistry registry;
    private final DistributionSummary size;
    private final Timer wait;
    private final Counter full;
    private final Counter late;
    private final Counter stopping;

    GroupMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.size = DistributionSummary.builder(SIZE)
                .baseUnit("orders")
                .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100, 200, GroupProperties.MAX_ORDERS)
                .register(registry);
        this.wait = Timer.builder(WAIT)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(10),
                        Duration.ofMillis(50),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5))
                .register(registry);
        // Registered at once: an alert needs a zero.
        this.full = refused("full");
        this.late = refused("late");
        this.stopping = refused("stopping");
    }

    void watch(Supplier<Number> inFlight, Supplier<Number> waiting) {
        Gauge.builder(IN_FLIGHT, inFlight).register(registry);
        Gauge.builder(WAITING, waiting).register(registry);
    }

    void waited(Duration time) {
        wait.record(time);
    }

    void begun(int orders) {
        size.record(orders);
    }

    void refusedBecauseFull() {
        full.increment();
    }

    void refusedBecauseLate() {
        late.increment();
    }

    void refusedBecauseStopping(int orders) {
        stopping.increment(orders);
    }

    private Counter refused(String reason) {
        return Counter.builder(REFUSED).tag("reason", reason).register(registry);
    }
}

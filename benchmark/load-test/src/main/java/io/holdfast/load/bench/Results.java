package io.holdfast.load.bench;

import io.holdfast.load.measure.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** All that was measured in a run. */
final class Results {

    private final List<Measurement> measurements = new ArrayList<>();

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    List<Measurement> measurements() {
        return List.copyOf(measurements);
    }

    /**
     * All rounds of one variant with one number of clients.
     *
     * @param figures of all rounds, by name
     * @param cpuMillisPerOrder medians per process
     * @param doubts why its figures say little; empty if they are good
     */
    record Line(
            int variant,
            int clients,
            Map<String, Spread> figures,
            Map<String, Double> cpuMillisPerOrder,
            List<String> doubts) {

        Spread figure(String name) {
            Spread spread = figures.get(name);
            if (spread == null) {
                throw new IllegalArgumentException("no such figure: " + name);
            }
            return spread;
        }

        double ordersPerSecond() {
            return figure(ORDERS_PER_SECOND).median();
        }

        double allCpuMillisPerOrder() {
            return figure(CPU).median();
        }
    }

    static final String ORDERS_PER_SECOND = "orders/s";
    static final String P50 = "P50 ms";
    static final String P95 = "P95 ms";
    static final String P99 = "P99 ms";
    static final String CPU = "CPU ms/order";
    static final String COMPILERS = "of it compilers %";
    static final String OTHERS = "others' CPU %";
    static final String STATEMENTS = "statements/order";
    static final String COMMITS = "COMMITs/order";
    static final String WRITES = "writing transactions/order";
    static final String FSYNCS = "fsyncs/order";
    static final String GROUP = "orders/global transaction";
    static final String COORDINATOR = "coordinator calls/order";
    static final String NOT_SERVED = "not served/s";

    private static final Map<String, ToDoubleFunction<Measurement>> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put(ORDERS_PER_SECOND, Measurement::ordersPerSecond);
        FIGURES.put(P50, one -> one.latency().p50());
        FIGURES.put(P95, one -> one.latency().p95());
        FIGURES.put(P99, one -> one.latency().p99());
        FIGURES.put(CPU, Measurement::allCpuMillisPerOrder);
        FIGURES.put(COMPILERS, one -> 100 * one.compilersShare());
        FIGURES.put(OTHERS, one -> 100 * one.othersShare());
        FIGURES.put(STATEMENTS, Measurement::statementsPerOrder);
        FIGURES.put(COMMITS, Measurement::commitsPerOrder);
        FIGURES.put(WRITES, Measurement::writesPerOrder);
        FIGURES.put(FSYNCS, Measurement::fsyncsPerOrder);
        FIGURES.put(GROUP, Measurement::ordersPerGlobalTransaction);
        FIGURES.put(COORDINATOR, Measurement::coordinatorCallsPerOrder);
        FIGURES.put(NOT_SERVED, one -> one.notServed() / one.seconds());
    }

    /** One for each variant and number of clients, in that order. */
    List<Line> lines() {
        Map<Integer, Map<Integer, List<Measurement>>> rounds = new TreeMap<>();
        for (Measurement one : measurements) {
            rounds.computeIfAbsent(one.variant(), variant -> new TreeMap<>())
                    .computeIfAbsent(one.clients(), clients -> new ArrayList<>())
                    .add(one);
        }
        return rounds.values().stream()
                .flatMap(ofVariant -> ofVariant.values().stream())
                .map(Results::line)
                .toList();
    }

    private static Line line(List<Measurement> rounds) {
        Map<String, Spread> figures = new LinkedHashMap<>();
        FIGURES.forEach((name, figure) -> figures.put(name, Spread.of(rounds, figure)));
        Map<String, Double> cpu = new TreeMap<>();
        for (String process : rounds.get(0).cpuMillisPerOrder().keySet()) {
            cpu.put(
                    process,
                    Spread.of(rounds, one -> one.cpuMillisPerOrder().getOrDefault(process, 0.0))
                            .median());
        }
        return new Line(rounds.get(0).variant(), rounds.get(0).clients(), figures, cpu, Doubts.about(rounds));
    }

    /**
     * The line of a variant with so many clients, or the one with the greatest median of orders a second.
     *
     * @param clients empty: whichever number is best
     */
    Optional<Line> line(int variant, OptionalInt clients) {
        return lines().stream()
                .filter(line -> line.variant() == variant)
                .filter(line -> clients.isEmpty() || line.clients() == clients.getAsInt())
                .max(Comparator.comparingDouble(Line::ordersPerSecond));
    }
}

package io.holdfast.load.bench;

import io.holdfast.load.http.Calls;
import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.MissingInterfaceException;
import io.holdfast.load.platform.Platform;
import io.holdfast.load.platform.ReportFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One run: all variants in turn, several rounds, each checked, and what came of it. */
final class Bench {

    /** As many as any variant has clients, and a few for everything else. */
    private static final int CONNECTIONS = 288;

    /**
     * For the coordinator to forget what the variant before has left it, which it does some 15 s later. That is a large part of what a
     * single client sees of it, and little beside the orders of many.
     */
    private static final Duration FORGOTTEN_WITHIN = Duration.ofSeconds(30);

    private final Platform platform;
    private final List<Variant> variants;
    private final Pace pace;
    private final PrintStream out;
    private final Results results = new Results();

    /** Numbers of variants that were warm before the first round. */
    private final Set<Integer> warm = new HashSet<>();

    /** By the variant's number: why its figures are worth nothing, or why there are none. */
    private final Map<Integer, String> failures = new LinkedHashMap<>();

    Bench(Platform platform, List<Variant> variants, Pace pace, PrintStream out) {
        this.platform = platform;
        this.variants = variants;
        this.pace = pace;
        this.out = out;
    }

    /** @return whether every variant was measured and left stock and money right */
    boolean run() throws IOException, InterruptedException {
        ReportFolder folder = ReportFolder.create(platform.stack().runFolder().resolve("bench"));
        Map<Variant, Work> works = new LinkedHashMap<>();
        try (Calls calls = new Calls(CONNECTIONS);
                BenchmarkContext context = BenchmarkContext.prepare(platform, calls, folder.id(), out)) {
            ServiceMetrics metrics = new ServiceMetrics(platform, calls);
            Databases databases = new Databases(platform);
            try (Meter meter = new Meter(platform, databases, metrics);
                    GroupCommitSwitch grouping = GroupCommitSwitch.on(
                            platform, GroupCommitSwitch.probing(context, context.newSku("probe"), metrics), out)) {
                for (Variant variant : variants) {
                    attempt(variant, works, () -> warmUp(variant, context, meter, grouping, works));
                }
                for (int round = 1; round <= pace.rounds(); round++) {
                    int number = round;
                    for (Variant variant : variants) {
                        attempt(variant, works, () -> measure(variant, number, meter, databases, grouping, works));
                    }
                }
            } finally {
                works.values().forEach(Work::close);
            }
            Report report = new Report(variants, results, failures, RunEnvironment.of(databases, pace));
            out.println();
            report.lines().forEach(out::println);
            report.write(folder);
            out.println("report: " + folder.file(Report.PAGE));
        }
        return failures.isEmpty();
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /** A variant that has failed is not tried again, and must not disturb the others. */
    private void attempt(Variant variant, Map<Variant, Work> works, Step step) throws InterruptedException {
        if (failures.containsKey(variant.number())) {
            return;
        }
        try {
            step.run();
        } catch (MissingInterfaceException | IOException e) {
            fail(variant, e.getMessage());
            Work failed = works.remove(variant);
            if (failed != null) {
                failed.close();
            }
        }
    }

    private void warmUp(
            Variant variant,
            BenchmarkContext context,
            Meter meter,
            GroupCommitSwitch grouping,
            Map<Variant, Work> works)
            throws IOException, InterruptedException {
        grouping.set(variant.grouping());
        Work work = variant.prepare(context);
        works.put(variant, work);
        WarmUp warmUp = WarmUp.of(work, pace, meter::cpu);
        if (warmUp.isOver()) {
            warm.add(variant.number());
        }
        out.println("  warm-up  %2d  %-38s %8.1f/s after %3d s, compilers %2.0f %%%s"
                .formatted(
                        variant.number(),
                        variant.title(),
                        warmUp.perSecond(),
                        warmUp.took().toSeconds(),
                        100 * warmUp.compilersShare(),
                        warmUp.isOver() ? "" : ", not warm yet"));
    }

    private void measure(
            Variant variant,
            int round,
            Meter meter,
            Databases databases,
            GroupCommitSwitch grouping,
            Map<Variant, Work> works)
            throws IOException, InterruptedException {
        grouping.set(variant.grouping());
        Work work = works.get(variant);
        work.begin();
        for (int clients : variant.clients()) {
            if (pace.measures(clients)) {
                if (clients == 1 && pace.waitsForQuiet()) {
                    databases.awaitForgotten(FORGOTTEN_WITHIN);
                }
                measure(variant, work, clients, round, meter);
            }
        }
        work.end();
        List<String> breaches = work.breaches();
        if (!breaches.isEmpty()) {
            fail(variant, breaches.size() + " breaches, such as " + breaches.get(0));
        }
    }

    private void measure(Variant variant, Work work, int clients, int round, Meter meter)
            throws IOException, InterruptedException {
        ClosedLoop.Ended<Snapshot> ended = ClosedLoop.run(work, clients, pace.settling(), pace.measured(), meter::read);
        Measurement measurement = Measurement.of(variant, clients, round, warm.contains(variant.number()), ended);
        results.add(measurement);
        List<String> doubts = Doubts.about(List.of(measurement));
        out.println("  round %d  %2d  %-38s %3d clients %8.1f/s  P50 %7.1f ms  P99 %7.1f ms%s"
                .formatted(
                        round,
                        variant.number(),
                        variant.title(),
                        clients,
                        measurement.ordersPerSecond(),
                        measurement.latency().p50(),
                        measurement.latency().p99(),
                        doubts.isEmpty() ? "" : "  " + String.join("; ", doubts)));
    }

    private void fail(Variant variant, String why) {
        failures.put(variant.number(), why);
        out.println("  FAILED  %d  %s: %s".formatted(variant.number(), variant.title(), why));
    }
}

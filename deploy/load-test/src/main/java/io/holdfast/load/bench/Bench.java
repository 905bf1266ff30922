package io.holdfast.load.bench;

import io.holdfast.load.http.Calls;
import io.holdfast.load.platform.Books;
import io.holdfast.load.platform.NotOffered;
import io.holdfast.load.platform.Platform;
import io.holdfast.load.platform.ReportFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run: all variants in turn, several rounds, each checked, and what came of it. */
final class Bench {

    /** As many as any variant has clients, and a few for everything else. */
    private static final int CONNECTIONS = 288;

    private static final int WARM_UP_CLIENTS = 16;

    /** So many times as long as others are those warmed up that have just been started: else they would be compared while they are compiled. */
    private static final int COLD = 3;

    private final Platform platform;
    private final List<Variant> variants;
    private final Pace pace;
    private final PrintStream out;
    private final Results results = new Results();

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
                Site site = Site.prepare(platform, calls, folder.id(), out)) {
            ServiceMetrics metrics = new ServiceMetrics(platform, calls);
            Books books = new Books(platform);
            try (Meter meter = new Meter(platform, books, metrics);
                    GroupCommitSwitch grouping = GroupCommitSwitch.on(
                            platform, GroupCommitSwitch.probing(site, site.newSku("probe"), metrics), out)) {
                for (int round = 1; round <= pace.rounds(); round++) {
                    for (Variant variant : variants) {
                        measure(variant, round, site, meter, grouping, works);
                    }
                }
            } finally {
                works.values().forEach(Work::close);
            }
            Report report = new Report(variants, results, failures, Surroundings.of(books, pace));
            out.println();
            report.lines().forEach(out::println);
            report.write(folder);
            out.println("report: " + folder.file(Report.PAGE));
        }
        return failures.isEmpty();
    }

    private void measure(
            Variant variant, int round, Site site, Meter meter, GroupCommitSwitch grouping, Map<Variant, Work> works)
            throws InterruptedException {
        if (failures.containsKey(variant.number())) {
            return;
        }
        try {
            grouping.set(variant.grouping());
            Work work = works.get(variant);
            if (work == null) {
                work = variant.prepare(site);
                works.put(variant, work);
                Duration warmUp = variant.startsCold() ? pace.warmUp().multipliedBy(COLD) : pace.warmUp();
                ClosedLoop.run(work, WARM_UP_CLIENTS, warmUp, Duration.ZERO, () -> "");
            }
            work.begin();
            for (int clients : variant.clients()) {
                if (!pace.measures(clients)) {
                    continue;
                }
                ClosedLoop.Ended<Snapshot> ended =
                        ClosedLoop.run(work, clients, pace.settling(), pace.measured(), meter::read);
                Measurement measurement = Measurement.of(variant, clients, round, ended);
                results.add(measurement);
                out.println("  round %d  %2d  %-38s %3d clients %8.1f/s  P50 %7.1f ms  P99 %7.1f ms"
                        .formatted(
                                round,
                                variant.number(),
                                variant.title(),
                                clients,
                                measurement.ordersPerSecond(),
                                measurement.latency().p50(),
                                measurement.latency().p99()));
            }
            work.end();
            List<String> breaches = work.breaches();
            if (!breaches.isEmpty()) {
                fail(variant, breaches.size() + " breaches, such as " + breaches.get(0));
            }
        } catch (NotOffered | IOException e) {
            fail(variant, e.getMessage());
            // It is not measured again, and must not disturb those that are.
            Work failed = works.remove(variant);
            if (failed != null) {
                failed.close();
            }
        }
    }

    private void fail(Variant variant, String why) {
        failures.put(variant.number(), why);
        out.println("  FAILED  %d  %s: %s".formatted(variant.number(), variant.title(), why));
    }
}

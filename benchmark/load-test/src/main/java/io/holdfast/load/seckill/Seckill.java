package io.holdfast.load.seckill;

import io.gatling.app.Gatling$;
import io.holdfast.load.http.Calls;
import io.holdfast.load.measure.Latency;
import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.InParallel;
import io.holdfast.load.platform.Operator;
import io.holdfast.load.platform.Platform;
import io.holdfast.load.platform.ReportFolder;
import io.holdfast.localplatform.console.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One flash sale, from the goods that come in to the verdict. */
final class Seckill {

    private static final long PRICE = 9_90;
    private static final long DEPOSIT = 10 * PRICE;
    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(120);

    private final Platform platform;
    private final Crowd crowd;
    private final PrintStream out;
    private final ReportFolder folder;
    private final String prefix;
    private final String sku;

    Seckill(Platform platform, Crowd crowd, PrintStream out) throws IOException {
        this.platform = platform;
        this.crowd = crowd;
        this.out = out;
        this.folder = ReportFolder.create(platform.stack().runFolder().resolve("seckill"));
        this.prefix = "sk" + folder.id() + "-";
        this.sku = "SECKILL-" + folder.id();
    }

    /** @return whether all was right */
    boolean run() throws IOException, InterruptedException {
        try (Calls calls = new Calls(32)) {
            Operator operator = new Operator(platform, calls);
            String saleId = prepare(operator);
            Path plan = folder.file("plan.json");
            Path told = folder.file("answers.json");
            new Plan(
                            platform.checkout().toString(),
                            platform.stack().runFolder().toString(),
                            saleId,
                            prefix,
                            crowd.buyers(),
                            crowd.arrivals(),
                            crowd.lasting().toMillis(),
                            told.toString())
                    .write(plan);
            out.println(crowdInWords());
            play(plan);
            boolean passes = judge(saleId, Answers.read(told));
            operator.closeSale(saleId);
            return passes;
        }
    }

    private String prepare(Operator operator) throws IOException, InterruptedException {
        operator.receive(sku, crowd.stock());
        out.println(crowd.stock() + " of " + sku + " are in stock");
        List<String> buyers = Platform.buyers(prefix, crowd.buyers());
        int step = Math.max(500, crowd.buyers() / 10);
        InParallel.forEach(buyers, buyer -> operator.deposit(buyer, DEPOSIT), done -> {
            if (done % step == 0 || done == buyers.size()) {
                out.println("  " + done + " of " + buyers.size() + " buyers have money");
            }
        });
        // It is closed when the verdict is spoken; the time is for a run that is killed.
        String saleId =
                operator.openSale(sku, crowd.stock(), PRICE, 1, crowd.lasting().plus(Duration.ofHours(1)));
        out.println("sale " + saleId + " is open");
        return saleId;
    }

    private void play(Path plan) throws IOException {
        System.setProperty(Plan.PROPERTY, plan.toString());
        int code = Gatling$.MODULE$.fromArgs(new String[] {
            "--simulation",
            SeckillSimulation.class.getName(),
            "--results-folder",
            folder.path().toString()
        });
        if (code != 0) {
            throw new IOException("Gatling ended with " + code);
        }
    }

    private boolean judge(String saleId, Answers answers) throws IOException, InterruptedException {
        Databases databases = new Databases(platform);
        long undecided = databases.awaitDecided(prefix, DECIDED_WITHIN);
        Verdict verdict =
                new Verdict(crowd, PRICE, DEPOSIT, Outcome.read(databases, saleId, sku, prefix, undecided), answers);

        Table told = new Table("", "answers", "per second", "P50 ms", "P95 ms", "P99 ms", "slowest ms");
        row(told, "orders paid", answers.count(Ending.PAID), answers.paidPerSecond(), answers.paid());
        row(
                told,
                "refusals",
                Stream.of(Ending.values())
                        .filter(Ending::isRefusal)
                        .mapToLong(answers::count)
                        .sum(),
                answers.refusedPerSecond(),
                answers.refused());
        List<String> summary = new ArrayList<>(told.lines("  "));
        summary.add("  " + answers.endings());
        summary.add("");
        out.println();
        summary.forEach(out::println);
        verdict.table().forEach(out::println);
        out.println();
        out.println("report: " + report());
        summary.addAll(0, List.of("sale " + saleId + " of " + sku + ": " + crowdInWords(), ""));
        verdict.write(folder, summary);
        out.println("verdict: " + folder.file(Verdict.TEXT) + " and " + folder.file(Verdict.DATA));
        out.println(verdict.word());
        return verdict.passes();
    }

    private String crowdInWords() {
        return crowd.arrivals() + " arrivals of " + crowd.buyers() + " buyers within "
                + crowd.lasting().toMillis() / 1_000.0 + " s, for " + crowd.stock() + " pieces";
    }

    private static void row(Table table, String what, long answers, double perSecond, Latency latency) {
        table.row(
                what,
                answers,
                "%.1f".formatted(perSecond),
                "%.1f".formatted(latency.p50()),
                "%.1f".formatted(latency.p95()),
                "%.1f".formatted(latency.p99()),
                "%.1f".formatted(latency.max()));
    }

    private Path report() throws IOException {
        try (Stream<Path> files = Files.walk(folder.path(), 2)) {
            return files.filter(file -> file.endsWith("index.html")).findFirst().orElse(folder.path());
        }
    }
}

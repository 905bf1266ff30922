package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load test and the benchmark do what they are for; how fast, is not asked here. Last, because it leaves thousands of orders. */
@OnThePlatform
@Order(110)
class BenchmarkIT {

    private static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();

    private final Stack stack;
    private final Databases databases;

    @TempDir
    private Path folder;

    private Process program;

    BenchmarkIT(Stack stack, Databases databases) {
        this.stack = stack;
        this.databases = databases;
    }

    @AfterEach
    void endIt() throws InterruptedException {
        program.destroy();
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
    }

    /** What the README shows: ReadmeIT leaves it to this test. */
    @Test
    void everyVariantRunsAndKeepsTheInvariantsAndNothingOfItStays() throws Exception {
        assertThat(Files.readAllLines(CHECKOUT.resolve("README.md"))).contains("deploy/bench --once");
        run("bench", "--once");

        assertThat(program.waitFor(15, TimeUnit.MINUTES)).as("it ends").isTrue();
        String printed = Files.readString(output());
        assertThat(program.exitValue()).as("%s", printed).isZero();
        assertThat(printed).doesNotContain("FAILED", "NOT UNDONE").contains("coordinator calls/order");
        // Half a second is not enough to be warm, so nothing of it is judged.
        assertThat(printed).contains("not judged: variant 7 not warm").doesNotContain("reached");
        for (int variant = 1; variant <= 12; variant++) {
            assertThat(printed).containsPattern("(?m)^  round 1  +" + variant + "  ");
        }
        assertThat(schemasOfTheComparison()).isZero();
        assertThat(databases.number(
                        "select count(*) from information_schema.triggers where trigger_name = 'bench_stuck'"))
                .isZero();
        assertThat(stack.comparison()).noneMatch(service -> service.isRunning());
    }

    @Test
    void aRunThatIsEndedEarlyStopsWhatHoldfastIsComparedWith() throws Exception {
        run("bench", "--variants", "1", "--clients", "64");
        await().atMost(Duration.ofMinutes(5))
                .until(() -> Files.readString(output()).contains("what Holdfast is compared with has started"));
        assertThat(stack.comparison()).allMatch(service -> service.isRunning());

        endIt();

        assertThat(stack.comparison()).noneMatch(service -> service.isRunning());
        assertThat(schemasOfTheComparison()).isZero();
    }

    @Test
    void aCrowdBuysWhatThereIsAndTheVerdictSaysSo() throws Exception {
        run("seckill", "--buyers", "150", "--stock", "40", "--rate", "75");

        assertThat(program.waitFor(8, TimeUnit.MINUTES)).as("it ends").isTrue();
        String printed = Files.readString(output());
        assertThat(program.exitValue()).as("%s", printed).isZero();
        assertThat(printed).contains("PASS").doesNotContain("FAIL");
        Path verdict = Path.of(printed.lines()
                .filter(line -> line.startsWith("verdict: "))
                .map(line -> line.substring("verdict: ".length(), line.indexOf(" and ")))
                .findFirst()
                .orElseThrow());
        assertThat(Files.readAllLines(verdict)).contains("PASS");
        assertThat(verdict.resolveSibling("verdict.json"))
                .content()
                .startsWith("{")
                .contains("\"pass\" : true");
    }

    private long schemasOfTheComparison() {
        return databases.number(
                "select count(*) from information_schema.schemata where schema_name like 'comparison%'");
    }

    /** As the scripts start it, and not by them: they would build once more, in the middle of a build. */
    private void run(String... arguments) throws IOException {
        Path built = CHECKOUT.resolve("benchmark/load-test/target");
        String classPath = built.resolve("classes") + ":"
                + Files.readString(built.resolve("classpath.txt")).strip();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // As the platform's own processes: it is over before more would pay.
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.prefs.userRoot=" + folder,
                "-Djava.io.tmpdir=" + folder,
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=9",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                classPath,
                "io.holdfast.load.LoadTest"));
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("--run-dir", stack.runFolder().toString(), "--checkout", CHECKOUT.toString(), "--short-lived"));
        program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private Path output() {
        return folder.resolve("output");
    }
}

package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.load.measure.Latency;
import io.holdfast.load.platform.ReportFolder;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {

    private final Results results = new Results();

    @BeforeEach
    void threeRoundsOfTwoVariants() {
        for (int round = 1; round <= 3; round++) {
            results.add(measured(2, 1, round, 100L * round).made());
            results.add(measured(2, 16, round, 200L * round).made());
            results.add(measured(6, 1, round, 99L * round).made());
            results.add(measured(6, 16, round, 900L * round).made());
        }
    }

    @Test
    void aRatioIsOfMediansAndOfTheBestNumberOfClientsUnlessOneIsNamed() {
        assertThat(new Ratio(6, 2, OptionalInt.empty(), OptionalDouble.of(4)).in(results))
                .hasValueSatisfying(ratio -> {
                    assertThat(ratio.value()).isCloseTo(4.5, within(1e-9));
                    assertThat(ratio.judgement()).isEqualTo(Ratio.Judgement.REACHED);
                });
        assertThat(new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.of(1)).in(results))
                .hasValueSatisfying(ratio -> {
                    assertThat(ratio.value()).isCloseTo(0.99, within(1e-9));
                    assertThat(ratio.judgement()).isEqualTo(Ratio.Judgement.NOT_REACHED);
                });
        assertThat(new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.empty()).in(results))
                .hasValueSatisfying(ratio -> assertThat(ratio.judgement()).isEqualTo(Ratio.Judgement.FOR_COMPARISON));
    }

    @Test
    void aRatioIsToldOfProcessorTimeToo() {
        Results ofCpu = new Results();
        ofCpu.add(measured(2, 1, 1, 100).of(4.0));
        ofCpu.add(measured(6, 1, 1, 100).of(1.0));

        assertThat(new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.of(0.95)).in(ofCpu))
                .hasValueSatisfying(ratio -> assertThat(ratio.cpuValue()).hasValue(0.25));
        assertThat(report(ofCpu, Map.of()).lines())
                .anyMatch(line -> line.matches(" *ratio +orders/s +CPU ms/order +to reach"))
                .anyMatch(line -> line.matches(" *6 / 2, 1 client +1.00 +0.25 +0.95 +reached"));
    }

    @Test
    void whereNoProcessorTimeWasTakenThereIsNoRatioOfIt() {
        Results idle = new Results();
        idle.add(measured(2, 1, 1, 100).of(0));
        idle.add(measured(6, 1, 1, 100).of(0));

        assertThat(new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.of(0.95)).in(idle))
                .hasValueSatisfying(ratio -> assertThat(ratio.cpuValue()).isEmpty());
    }

    @Test
    void aRowOfAColdVariantSaysSoAndItsRatioIsNotJudged() {
        results.add(measured(2, 16, 4, 200).cold());

        assertThat(rowOf("2", "16")).endsWith("  not warm");
        assertThat(rowOf("2", "1")).doesNotContain("not warm");
        assertNotJudged("variant 2 not warm");
    }

    @Test
    void aRowThatWasMeasuredWhileTheCompilersWereAtWorkIsCold() {
        results.add(measured(6, 16, 4, 2_000).compiling(0.101));

        assertThat(rowOf("6", "16")).endsWith("  not warm");
        assertNotJudged("variant 6 not warm");
    }

    @Test
    void aRowThatWasMeasuredWhileOthersTookMoreThanATenthOfTheProcessorsSaysSoAndItsRatioIsNotJudged() {
        results.add(measured(6, 16, 4, 2_000).besideOthers(0.234));

        assertThat(rowOf("6", "16")).endsWith("  busy: others took 23 % of the processors");
        assertThat(rowOf("6", "1")).doesNotContain("busy");
        assertNotJudged("variant 6 busy: others took 23 % of the processors");
    }

    @Test
    void aTenthIsNotYetTooMuch() {
        results.add(measured(2, 16, 4, 200).compiling(0.1));
        results.add(measured(6, 16, 4, 2_000).besideOthers(0.1));

        assertThat(new Ratio(6, 2, OptionalInt.empty(), OptionalDouble.of(4)).in(results))
                .hasValueSatisfying(ratio -> {
                    assertThat(ratio.judgement()).isEqualTo(Ratio.Judgement.REACHED);
                    assertThat(ratio.doubts()).isEmpty();
                });
    }

    /** Neither when it would be reached nor when it would not. */
    private void assertNotJudged(String why) {
        for (double target : List.of(0.001, 1_000.0)) {
            assertThat(new Ratio(6, 2, OptionalInt.empty(), OptionalDouble.of(target)).in(results))
                    .hasValueSatisfying(ratio -> {
                        assertThat(ratio.judgement()).isEqualTo(Ratio.Judgement.NOT_JUDGED);
                        assertThat(ratio.inWords()).isEqualTo("not judged: " + why);
                    });
        }
    }

    private String rowOf(String variant, String clients) {
        return report(results, Map.of()).lines().stream()
                .filter(line -> line.matches(" *" + variant + " +TCC.* " + clients + " +\\d.*"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatWasNotMeasuredHasNoRatio() {
        assertThat(new Ratio(7, 2, OptionalInt.empty(), OptionalDouble.of(1)).in(results))
                .isEmpty();
        assertThat(Ratio.ALL.stream().flatMap(ratio -> ratio.in(results).stream()))
                .extracting(Ratio.Measured::name)
                .containsExactly("6 / 2, 1 client");
    }

    @Test
    void theTableShowsMediansWithTheirSpreadAndWhatFailed() {
        assertThat(report(results, Map.of(6, "stock is lost")).lines())
                .anyMatch(line -> line.contains("40.0 (20.0-60.0)"))
                .anyMatch(line -> line.contains("of it compilers %"))
                .anyMatch(line -> line.contains("5.00 (5.00-5.00)"))
                .anyMatch(line -> line.startsWith("FAILED  variant 6: stock is lost"));
    }

    @Test
    void thePageNeedsNothingButItselfAndItsPlotsAreWellFormed(@TempDir Path folder) throws Exception {
        results.add(measured(7, 256, 1, 100).cold());
        report(results, Map.of()).write(new ReportFolder(folder));

        String page = Files.readString(folder.resolve(Report.PAGE));
        assertThat(page).doesNotContain("http:", "https:", "<script", "src=");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(page)))
                        .getElementsByTagName("svg")
                        .getLength())
                .isGreaterThan(6);
        assertThat(page).contains("class=\"doubtful\"", "says little", "not warm");
        assertThat(Files.readString(folder.resolve(Report.DATA))).contains("\"orders/s\"", "\"measurements\"");
    }

    @Test
    void programsFindEachRatioWithWhatItIsWorth(@TempDir Path folder) throws Exception {
        results.add(measured(6, 1, 4, 99).besideOthers(0.5));
        report(results, Map.of()).write(new ReportFolder(folder));

        JsonNode data = new JsonMapper().readTree(folder.resolve(Report.DATA).toFile());
        JsonNode ratio = data.path("ratios").get(0);
        assertThat(ratio.propertyNames()).containsExactly("name", "target", "value", "cpuValue", "judgement", "doubts");
        assertThat(ratio.path("judgement").stringValue()).isEqualTo("NOT_JUDGED");
        assertThat(ratio.path("cpuValue").doubleValue()).isEqualTo(1);
        assertThat(ratio.path("doubts").get(0).stringValue())
                .isEqualTo("variant 6 busy: others took 50 % of the processors");
        assertThat(data.path("summaries").valueStream().filter(row -> !row.path("doubts")
                        .isEmpty()))
                .singleElement()
                .satisfies(row -> assertThat(row.path("variant").intValue()).isEqualTo(6));
        assertThat(data.path("measurements").valueStream().map(one -> one.path("othersShare")
                        .doubleValue()))
                .contains(0.5);
    }

    private static Report report(Results results, Map<Integer, String> failures) {
        return new Report(
                List.of(new UngroupedManySkus(), new GroupedManySkus(), new GroupedSale()),
                results,
                failures,
                new RunEnvironment(Map.of("processors", "2 <fast>")));
    }

    private static Measured measured(int variant, int clients, int round, long orders) {
        return new Measured(variant, clients, round, orders, 0.5, 0.05, true, 0.05);
    }

    /** As on a machine of its own, warm, unless something else is said. */
    private record Measured(
            int variant,
            int clients,
            int round,
            long orders,
            double cpuMillisPerOrder,
            double compilersShare,
            boolean warmedUp,
            double othersShare) {

        Measurement of(double cpu) {
            return new Measured(variant, clients, round, orders, cpu, compilersShare, warmedUp, othersShare).made();
        }

        Measurement cold() {
            return new Measured(variant, clients, round, orders, cpuMillisPerOrder, compilersShare, false, othersShare)
                    .made();
        }

        Measurement compiling(double share) {
            return new Measured(variant, clients, round, orders, cpuMillisPerOrder, share, warmedUp, othersShare)
                    .made();
        }

        Measurement besideOthers(double share) {
            return new Measured(variant, clients, round, orders, cpuMillisPerOrder, compilersShare, warmedUp, share)
                    .made();
        }

        Measurement made() {
            return new Measurement(
                    variant,
                    clients,
                    round,
                    10,
                    orders,
                    0,
                    new Latency(1, 2, 3, 4),
                    Map.of("order-svc", cpuMillisPerOrder),
                    compilersShare,
                    warmedUp,
                    othersShare,
                    9,
                    3,
                    4,
                    2,
                    1,
                    8);
        }
    }
}

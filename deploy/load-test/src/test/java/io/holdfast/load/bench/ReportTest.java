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

class ReportTest {

    private final Results results = new Results();

    @BeforeEach
    void threeRoundsOfTwoVariants() {
        for (int round = 1; round <= 3; round++) {
            results.add(measured(2, 1, round, 100L * round));
            results.add(measured(2, 16, round, 200L * round));
            results.add(measured(6, 1, round, 99L * round));
            results.add(measured(6, 16, round, 900L * round));
        }
    }

    @Test
    void aRatioIsOfMediansAndOfTheBestNumberOfClientsUnlessOneIsNamed() {
        assertThat(new Ratio(6, 2, OptionalInt.empty(), OptionalDouble.of(4)).in(results))
                .hasValueSatisfying(ratio -> {
                    assertThat(ratio.value()).isCloseTo(4.5, within(1e-9));
                    assertThat(ratio.isReached()).isTrue();
                });
        assertThat(new Ratio(6, 2, OptionalInt.of(1), OptionalDouble.of(1)).in(results))
                .hasValueSatisfying(ratio -> {
                    assertThat(ratio.value()).isCloseTo(0.99, within(1e-9));
                    assertThat(ratio.isReached()).isFalse();
                });
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
        assertThat(report(Map.of(6, "stock is lost")).lines())
                .anyMatch(line -> line.contains("40.0 (20.0-60.0)"))
                .anyMatch(line -> line.contains("of it compilers %"))
                .anyMatch(line -> line.contains("25.0 (25.0-25.0)"))
                .anyMatch(line -> line.startsWith("FAILED  variant 6: stock is lost"));
    }

    @Test
    void thePageNeedsNothingButItselfAndItsPlotsAreWellFormed(@TempDir Path folder) throws Exception {
        report(Map.of()).write(new ReportFolder(folder));

        String page = Files.readString(folder.resolve(Report.PAGE));
        assertThat(page).doesNotContain("http:", "https:", "<script", "src=");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(page)))
                        .getElementsByTagName("svg")
                        .getLength())
                .isGreaterThan(6);
        assertThat(Files.readString(folder.resolve(Report.DATA))).contains("\"orders/s\"", "\"measurements\"");
    }

    private Report report(Map<Integer, String> failures) {
        return new Report(
                List.of(new UngroupedManySkus(), new GroupedManySkus()),
                results,
                failures,
                new Surroundings(Map.of("processors", "2 <fast>")));
    }

    private static Measurement measured(int variant, int clients, int round, long orders) {
        return new Measurement(
                variant,
                clients,
                round,
                10,
                orders,
                0,
                new Latency(1, 2, 3, 4),
                Map.of("order-svc", 0.5),
                0.25,
                9,
                3,
                4,
                2,
                1,
                8);
    }
}

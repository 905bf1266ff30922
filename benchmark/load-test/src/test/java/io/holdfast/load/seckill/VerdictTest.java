package io.holdfast.load.seckill;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.load.measure.Latency;
import io.holdfast.load.platform.ReportFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** 100 buyers with 50 each, 10 pieces at 5. */
class VerdictTest {

    private static final Crowd CROWD = Crowd.of(100, 10, null, null);
    private static final Outcome.Accounts MONEY = new Outcome.Accounts(5_000, 4_950, 0, 50);
    private static final Outcome.Stock STOCK = new Outcome.Stock(10, 0, 0, 10);
    private static final Outcome RIGHT = new Outcome(10, 10, 0, 0, MONEY, STOCK);
    private static final Answers TOLD = told(10, 90, 0, 0);

    @Test
    void aSaleInWhichEverythingIsRightPasses() {
        Verdict verdict = verdict(RIGHT, TOLD);

        assertThat(verdict.passes()).isTrue();
        assertThat(verdict.table()).noneMatch(line -> line.contains("FAIL"));
    }

    @Test
    void withFewerBuyersThanPiecesEveryBuyerHasToGetOne() {
        Crowd few = Crowd.of(4, 10, null, null);
        Outcome outcome =
                new Outcome(4, 4, 0, 0, new Outcome.Accounts(200, 180, 0, 20), new Outcome.Stock(10, 6, 0, 4));

        assertThat(new Verdict(few, 5, 50, outcome, told(4, 0, 0, 0)).passes()).isTrue();
    }

    @Test
    void aPromiseWhoseAnswerWasLostIsNoBrokenOne() {
        assertThat(verdict(RIGHT, told(9, 91, 0, 0)).passes()).isTrue();
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                broken("one too few is paid", "orders PAID", new Outcome(9, 9, 0, 0, MONEY, STOCK)),
                broken("one too many is sold", "pieces oversold", new Outcome(11, 11, 0, 0, MONEY, STOCK)),
                broken("one is left", "pieces undersold", new Outcome(9, 9, 0, 0, MONEY, STOCK)),
                broken("somebody has two", "buyers with more than one piece", new Outcome(10, 10, 0, 1, MONEY, STOCK)),
                broken("one is undecided", "orders that are undecided", new Outcome(10, 10, 1, 0, MONEY, STOCK)),
                money("a deposit is lost", "money deposited", new Outcome.Accounts(4_950, 4_900, 0, 50)),
                money("money is lost", "money: balance + frozen + spent", new Outcome.Accounts(5_000, 4_949, 0, 50)),
                money("money is frozen", "money frozen", new Outcome.Accounts(5_000, 4_945, 5, 50)),
                money(
                        "too much is spent",
                        "money spent = orders PAID x price",
                        new Outcome.Accounts(5_000, 4_945, 0, 55)),
                stock("goods are lost", "pieces received", new Outcome.Stock(9, 0, 0, 9)),
                stock("parts are no whole", "pieces: available + reserved + sold", new Outcome.Stock(10, 1, 0, 10)),
                stock("goods are held", "pieces reserved", new Outcome.Stock(10, 0, 1, 9)),
                stock("sold for nothing", "pieces sold = pieces of orders PAID", new Outcome.Stock(10, 1, 0, 9)),
                Arguments.of("an arrival is lost", "arrivals that were noted", RIGHT, told(10, 89, 0, 0)),
                Arguments.of("one was not served", "arrivals without an answer", RIGHT, told(10, 89, 1, 0)),
                Arguments.of("one was sent away", "refused for another reason", RIGHT, told(10, 89, 0, 1)),
                Arguments.of("a promise is broken", "orders that buyers were promised", RIGHT, told(11, 89, 0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void oneBrokenFigureFailsAndIsNamed(String what, String line, Outcome outcome, Answers answers) {
        Verdict verdict = verdict(outcome, answers);

        assertThat(verdict.passes()).isFalse();
        assertThat(failed(verdict)).contains(line);
        assertThat(verdict.table()).anyMatch(row -> row.contains(line) && row.endsWith("FAIL"));
    }

    @Test
    void theVerdictCanBeReadAgainInWordsAndByPrograms(@TempDir Path folder) throws Exception {
        Verdict verdict = verdict(RIGHT, TOLD);

        verdict.write(new ReportFolder(folder), List.of("100 buyers", ""));

        List<String> text = Files.readAllLines(folder.resolve("verdict.txt"));
        assertThat(text)
                .startsWith("100 buyers", "")
                .containsAll(verdict.table())
                .endsWith("", "PASS");
        JsonNode data = new JsonMapper().readTree(folder.resolve("verdict.json").toFile());
        assertThat(data.propertyNames()).containsExactly("pass", "checks");
        assertThat(data.path("pass").booleanValue()).isTrue();
        assertThat(data.path("checks")).hasSameSizeAs(verdict.checks());
        assertThat(data.path("checks").get(0).toString())
                .isEqualTo("{\"name\":\"orders PAID\",\"expected\":\"10\",\"found\":\"10\",\"pass\":true}");
        assertThat(data.path("checks"))
                .anySatisfy(check ->
                        assertThat(check.path("expected").stringValue()).isEqualTo("at most 10"));
    }

    @Test
    void aVerdictThatFailsSaysSoInTheFilesTooAndAtWhichCheck(@TempDir Path folder) throws Exception {
        verdict(new Outcome(10, 10, 0, 1, MONEY, STOCK), TOLD).write(new ReportFolder(folder), List.of());

        assertThat(Files.readAllLines(folder.resolve("verdict.txt"))).endsWith("FAIL");
        JsonNode data = new JsonMapper().readTree(folder.resolve("verdict.json").toFile());
        assertThat(data.path("pass").booleanValue()).isFalse();
        assertThat(data.path("checks").valueStream().filter(check -> !check.path("pass")
                        .booleanValue()))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.path("name").stringValue()).isEqualTo("buyers with more than one piece");
                    assertThat(check.path("expected").stringValue()).isEqualTo("0");
                    assertThat(check.path("found").stringValue()).isEqualTo("1");
                });
    }

    private static Arguments broken(String what, String line, Outcome outcome) {
        return Arguments.of(what, line, outcome, TOLD);
    }

    private static Arguments money(String what, String line, Outcome.Accounts money) {
        return broken(what, line, new Outcome(10, 10, 0, 0, money, STOCK));
    }

    private static Arguments stock(String what, String line, Outcome.Stock stock) {
        return broken(what, line, new Outcome(10, 10, 0, 0, MONEY, stock));
    }

    private static List<String> failed(Verdict verdict) {
        return verdict.checks().stream()
                .filter(check -> !check.pass())
                .map(Verdict.Check::name)
                .toList();
    }

    private static Verdict verdict(Outcome outcome, Answers answers) {
        return new Verdict(CROWD, 5, 50, outcome, answers);
    }

    private static Answers told(long paid, long soldOut, long notServed, long refused) {
        Latency latency = new Latency(1, 2, 3, 4);
        return new Answers(
                Map.of(
                        Ending.PAID, paid,
                        Ending.SOLD_OUT, soldOut,
                        Ending.NOT_SERVED, notServed,
                        Ending.REFUSED, refused),
                1,
                1,
                latency,
                latency);
    }
}

package io.holdfast.localplatform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

public class FailedAttemptsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant FROM = Instant.parse("2026-01-02T03:04:05Z");
    private static final CardPolicy POLICY =
            new CardPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofSeconds(25));

    private final FailedAttempts attempts = new FailedAttempts();

    @Test
    void eachFailedAttemptOfTheTimelineIsToldOnce() {
        JsonNode first = order(failed(1, "05.250", "05.900"));
        JsonNode both = order(failed(1, "05.250", "05.900"), failed(2, "05.910", "07.500"));

        assertThat(attempts.learnFrom(first))
                .extracting(FailedAttempts.Attempt::number)
                .containsExactly(1);
        assertThat(attempts.learnFrom(first)).isEmpty();
        assertThat(attempts.learnFrom(both))
                .containsExactly(new FailedAttempts.Attempt(
                        2,
                        Instant.parse("2026-01-02T03:04:05.910Z"),
                        Optional.of(Instant.parse("2026-01-02T03:04:07.500Z")),
                        "no answer: hung up"));
    }

    @Test
    void whatIsNoFailedAttemptOfTheCaptureIsNotTakenForOne() {
        JsonNode order = order("""
                {"action":"payment.card","phase":"TRY","outcome":"TRIED","at":"2026-01-02T03:04:05Z"}""", """
                {"action":"payment.card","phase":"CONFIRM","outcome":"SCHEDULED","at":"2026-01-02T03:04:05Z"}""", """
                {"action":"stock.reserve","phase":"CONFIRM","outcome":"FAILED","at":"2026-01-02T03:04:05Z"}""", """
                {"action":"payment.card","phase":"CONFIRM","outcome":"FAILED","at":"at noon"}""");

        assertThat(attempts.learnFrom(order)).isEmpty();
    }

    @Test
    void withoutATimelineOfAttemptsTheLastOneIsTakenFromTheOpenBranches() {
        JsonNode overview = JSON.readTree("""
                {"branches":[{"xid":"y","state":"SCHEDULED","attempts":9},
                  {"xid":"x","state":"SCHEDULED","attempts":2,"nextAttemptAt":"2026-01-02T03:04:07Z","lastError":"broken"}]}""");

        assertThat(attempts.learnFrom(overview, order(), FROM))
                .contains(new FailedAttempts.Attempt(
                        2, FROM, Optional.of(Instant.parse("2026-01-02T03:04:07Z")), "broken"));
        assertThat(attempts.learnFrom(overview, order(), FROM)).isEmpty();
        assertThat(attempts.learnFrom(order(failed(2, "05.250", "05.900"))))
                .as("what is known from there is not told again")
                .isEmpty();
    }

    @Test
    void aBranchThatIsBeingAttemptedHasNoDueTimeToTell() {
        JsonNode overview = JSON.readTree("""
                {"branches":[{"xid":"x","state":"SCHEDULED","attempts":2,"attemptedBy":"one","nextAttemptAt":"2026-01-02T03:04:37Z"}]}""");

        assertThat(attempts.learnFrom(overview, order(), FROM)).isEmpty();
    }

    @Test
    void aRowTellsTheGapAndTheMostThatItMayBe() {
        List<FailedAttempts.Attempt> both =
                attempts.learnFrom(order(failed(1, "05.250", "05.900"), failed(2, "05.910", "07.500")));

        assertThat(ConfirmFailureDemo.row(FROM, attempts, both.get(0), POLICY))
                .isEqualTo("     0.3 s  attempt 1                       0.7 s  no answer: hung up");
        assertThat(ConfirmFailureDemo.row(FROM, attempts, both.get(1), POLICY))
                .isEqualTo("     0.9 s  attempt 2    0.7 s    1.0 s     1.6 s  no answer: hung up");
    }

    @Test
    void anErrorIsShortAndSaysNothingThatIsKnownAnyway() {
        assertThat(FailedAttempts.shortened(
                        "it is unknown whether the payment of order o-1 is captured: no answer: java.io.IOException: x",
                        "o-1"))
                .isEqualTo("no answer: x");
        assertThat(FailedAttempts.shortened("y".repeat(100), "")).hasSize(70).endsWith("...");
    }

    private static String failed(int number, String at, String due) {
        return """
                {"action":"payment.card","phase":"CONFIRM","outcome":"FAILED","attempts":%d,"at":"2026-01-02T03:04:%sZ",
                 "nextDueAt":"2026-01-02T03:04:%sZ","lastError":"it is unknown whether the payment of order o-1 is captured: \
                no answer: hung up"}""".formatted(number, at, due);
    }

    private static JsonNode order(String... timeline) {
        return JSON.readTree("{\"orderId\":\"o-1\",\"xid\":\"x\",\"timeline\":[" + String.join(",", timeline) + "]}");
    }
}

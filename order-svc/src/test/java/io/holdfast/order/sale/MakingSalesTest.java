package io.holdfast.order.sale;

import static io.holdfast.order.sale.SalesHttp.terms;
import static io.holdfast.order.sale.SalesHttp.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.sale.SalesHttp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** How a sale is made and goes through its stages, while the database alone decides who may order. */
@OnRealDatabase
class MakingSalesTest {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));

    private final String sku = unique("sku");
    private final String key = unique("key");
    private final SalesHttp http;
    private final StandInDownstreamServices downstream;
    private final StandInCoordinator coordinator;
    private final Database database;

    MakingSalesTest(
            @LocalServerPort int port,
            @Autowired TestTokens tokens,
            @Autowired StandInDownstreamServices downstream,
            @Autowired StandInCoordinator coordinator,
            @Autowired Database database) {
        this.http = new SalesHttp(port, tokens);
        this.downstream = downstream;
        this.coordinator = coordinator;
        this.database = database;
    }

    @BeforeEach
    void everythingIsUp() {
        downstream.serveAll();
        coordinator.behave();
    }

    @Test
    void aSaleSetsItsQuotaApartAndIsOpen() {
        Reply made = http.make(key, terms(sku, 10, 2, NOW, LATER));

        assertThat(made.status()).as("%s", made).isEqualTo(201);
        String sale = made.text("saleId");
        assertThat(made.response().headers().firstValue("Location")).contains("/sales/" + sale);
        assertThat(made.body().toString()).isEqualTo("""
                {"saleId":"%s","sku":"%s","quota":10,"unitPrice":{"minor":500,"currency":"CNY"},"opensAt":"%s",\
                "closesAt":"%s","perBuyerLimit":2,"state":"OPEN","left":10,"sold":0,"rejected":0}""".formatted(sale, sku, NOW, LATER));
        assertThat(downstream.callsTo(StandInDownstreamServices.SET_APART))
                .singleElement()
                .satisfies(call ->
                        assertThat(call.body().toString()).isEqualTo("{\"sku\":\"%s\",\"quota\":10}".formatted(sku)));
        assertThat(http.show(sale).body()).isEqualTo(made.body());
    }

    @Test
    void theSameRequestGetsTheSameSaleAndAnotherOneUnderItsKeyIsRefused() {
        Reply made = http.make(key, terms(sku, 10, 2, NOW, LATER));

        Reply again = http.make(key, terms(sku, 10, 2, NOW, LATER));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(made.body());
        assertThat(http.make(key, terms(sku, 11, 2, NOW, LATER)).problem()).isEqualTo("422 idempotency-key-reused");

        // Also after its own times have changed.
        http.operate(made.text("saleId"), "close");
        assertThat(http.make(key, terms(sku, 10, 2, NOW, LATER)).text("state")).isEqualTo("CLOSED");
        assertThat(downstream.callsTo(StandInDownstreamServices.SET_APART)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 60, quota",
        "-5, 1, 0, 60, quota",
        "1000001, 1, 0, 60, quota",
        "10, 0, 0, 60, perBuyerLimit",
        "10, -1, 0, 60, perBuyerLimit",
        "10, 11, 0, 60, perBuyerLimit",
        "10, 1, 60, 0, closesAt",
        "10, 1, 60, 60, closesAt",
        "10, 1, -120, -60, closesAt",
        "10, 1, 0, 129601, closesAt"
    })
    void termsThatMakeNoSenseAreRefusedAndNamed(int quota, int limit, int opens, int closes, String field) {
        Reply refused = http.make(
                key,
                terms(sku, quota, limit, NOW.plus(Duration.ofMinutes(opens)), NOW.plus(Duration.ofMinutes(closes))));

        assertThat(refused.problem()).as("%s", refused).isEqualTo("400 invalid-sale");
        assertThat(refused.body().at("/errors/0/field").asString()).isEqualTo(field);
        assertThat(salesOf(sku)).isZero();
        assertThat(downstream.paths()).isEmpty();
    }

    /** What a caller does wrong is said so, and never an accident of ours. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "opensAt | \"+999999999-12-31T23:59:59.999999999Z\" | invalid-sale opensAt",
                "opensAt | \"-999999999-01-01T00:00:00Z\" | invalid-sale opensAt",
                "opensAt | \"+1000000000-12-31T23:59:59.999999999Z\" | invalid-sale opensAt",
                "opensAt | \"-1000000000-01-01T00:00:00Z\" | invalid-sale opensAt",
                "opensAt | \"1969-12-31T23:59:59.999Z\" | invalid-sale opensAt",
                "opensAt | \"0000-01-01T00:00:00Z\" | invalid-sale opensAt",
                "opensAt | \"+10000-01-01T00:00:00Z\" | invalid-sale opensAt",
                "closesAt | \"+999999999-12-31T23:59:59.999999999Z\" | invalid-sale closesAt",
                "closesAt | \"-999999999-01-01T00:00:00Z\" | invalid-sale closesAt",
                "closesAt | \"+1000000000-12-31T23:59:59.999999999Z\" | invalid-sale closesAt",
                "closesAt | \"+10000-01-01T00:00:00Z\" | invalid-sale closesAt",
                "closesAt | \"9999-12-31T23:59:59.999Z\" | invalid-sale closesAt",
                "closesAt | \"9999-12-30T23:59:59.999Z\" | invalid-sale closesAt",
                "quota | 9223372036854775807 | invalid-sale quota",
                "quota | -9223372036854775808 | invalid-sale quota",
                "quota | 2147483648 | invalid-sale quota",
                "perBuyerLimit | 9223372036854775807 | invalid-sale perBuyerLimit",
                "perBuyerLimit | -9223372036854775808 | invalid-sale perBuyerLimit",
                "perBuyerLimit | 4294967297 | invalid-sale perBuyerLimit",
                "unitPrice | {\"minor\":9223372036854775807,\"currency\":\"CNY\"} | invalid-sale unitPrice",
                "unitPrice | {\"minor\":100000000001,\"currency\":\"CNY\"} | invalid-sale unitPrice",
                "unitPrice | {\"minor\":0,\"currency\":\"CNY\"} | invalid-sale unitPrice",
                "unitPrice | {\"minor\":-1,\"currency\":\"CNY\"} | invalid-sale unitPrice",
                "unitPrice | {\"minor\":1,\"currency\":\"cny\"} | invalid-sale unitPrice",
                "unitPrice | {\"minor\":1} | invalid-sale unitPrice",
                "sku | \".\" | invalid-sale sku",
                "sku | \"..\" | invalid-sale sku",
                "sku | \"\" | invalid-sale sku",
                "sku | \"a/..\" | invalid-sale sku",
                "sku | \"\\u0000\" | invalid-sale sku",
                "opensAt | 1e400 | any",
                "opensAt | 99999999999999999999999999 | any",
                "opensAt | -31557014167219200001 | any",
                "opensAt | 0.5 | any",
                "opensAt | \"2026-02-30T00:00:00Z\" | any",
                "opensAt | \"2026-01-01T24:00:01Z\" | any",
                "opensAt | \"2026-01-01T00:00:00+19:00\" | any",
                "opensAt | \"2026-01-01T00:00:00[Europe/Berlin]\" | any",
                "opensAt | \"2026-01-01\" | any",
                "opensAt | \"yesterday\" | any",
                "opensAt | {} | any",
                "quota | 1e400 | any",
                "quota | 99999999999999999999 | any",
                "quota | 1.5 | any",
                "quota | \"1\" | any",
                "perBuyerLimit | [] | any",
                "unitPrice | {\"minor\":1e19,\"currency\":\"CNY\"} | any",
                "unitPrice | 5 | any"
            })
    void whatIsFarOutOfBoundsIsAMistakeInTheRequest(String field, String value, String problem) {
        Map<String, String> members = new LinkedHashMap<>(Map.of(
                "sku",
                "\"" + sku + "\"",
                "quota",
                "10",
                "unitPrice",
                "{\"minor\":500,\"currency\":\"CNY\"}",
                "opensAt",
                "\"" + NOW + "\"",
                "closesAt",
                "\"" + LATER + "\"",
                "perBuyerLimit",
                "1"));
        members.put(field, value);

        Reply refused = http.make(
                key,
                members.entrySet().stream()
                        .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                        .collect(Collectors.joining(",", "{", "}")));

        assertThat(refused.status()).as("%s", refused).isEqualTo(400);
        if (!problem.equals("any")) {
            assertThat(refused.text("code") + " "
                            + refused.body().at("/errors/0/field").asString())
                    .isEqualTo(problem);
        }
        assertThat(salesOf(sku)).isZero();
        assertThat(downstream.paths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "\"sale\"", "1", "true", "", "{", "{}{}"})
    void whatIsNoSaleAtAllIsAMistakeInTheRequest(String body) {
        assertThat(http.make(key, body).status()).isEqualTo(400);
    }

    @Test
    void timesAreTakenInWhateverZoneTheyAreGiven() {
        String opens =
                OffsetDateTime.ofInstant(NOW, ZoneOffset.ofHoursMinutes(5, 30)).toString();
        String closes = OffsetDateTime.ofInstant(LATER, ZoneOffset.ofHours(-11)).toString();

        Reply made = http.make(key, """
                {"sku":"%s","quota":10,"unitPrice":{"minor":500,"currency":"CNY"},"opensAt":"%s","closesAt":"%s",
                 "perBuyerLimit":2}""".formatted(sku, opens, closes));

        assertThat(made.status()).as("%s", made).isEqualTo(201);
        assertThat(made.text("opensAt")).isEqualTo(NOW.toString());
        assertThat(made.text("closesAt")).isEqualTo(LATER.toString());
    }

    @Test
    void aSaleFarAwayIsNotOpenYetAndSaysForHowLong() {
        Instant opens = Instant.parse("2998-12-01T00:00:00Z");
        String sale =
                http.make(key, terms(sku, 10, 1, opens, opens.plusSeconds(60))).text("saleId");

        Reply early = http.order(sale, "alice", key, 1);

        assertThat(early.problem()).isEqualTo("425 sale-not-open");
        assertThat(early.response().headers().firstValueAsLong("Retry-After").orElse(0))
                .isPositive();
        http.operate(sale, "close");
    }

    @Test
    void aQuotaThatIsSetApartForASaleThatWasRefusedIsGivenBack() {
        Reply refused = http.make(key, terms(sku, 10, 2, NOW, LATER));
        String sale = refused.text("saleId");
        // As if the request that was refused came first, and this sale were still being prepared by somebody who hears
        // "done".
        database.jdbc()
                .update(
                        "update sale set stage = 'PREPARING', changed_at = now(3) - interval 1 minute where sale_id = ?",
                        sale);
        downstream.on(StandInDownstreamServices.SET_APART, call -> {
            database.jdbc()
                    .update(
                            "update sale set stage = 'REFUSED', reason_code = 'quota-exceeds-stock', reason_detail = 'No.'"
                                    + " where sale_id = ?",
                            sale);
            return Answer.ok(call.body().toString());
        });

        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        downstream.callsTo(StandInDownstreamServices.GIVE_BACK).size() == 1);

        assertThat(stageOf(sale)).isEqualTo("REFUSED");
    }

    @Test
    void everythingThatIsMissingIsNamedAtOnce() {
        Reply refused = http.make(key, "{}");

        assertThat(refused.problem()).isEqualTo("400 invalid-sale");
        assertThat(refused.body().get("errors").findValuesAsString("field"))
                .containsExactlyInAnyOrder("sku", "quota", "unitPrice", "opensAt", "closesAt", "perBuyerLimit");
    }

    @Test
    void aQuotaAboveTheStockIsRefusedForGood() {
        downstream.on(
                StandInDownstreamServices.SET_APART,
                call -> Answer.problem(
                        409,
                        "{\"status\":409,\"code\":\"quota-exceeds-stock\",\"detail\":\"Of it are 3 available.\"}"));

        Reply refused = http.make(key, terms(sku, 10, 2, NOW, LATER));
        assertThat(refused.problem()).isEqualTo("409 quota-exceeds-stock");
        downstream.serveAll();
        assertThat(http.make(key, terms(sku, 10, 2, NOW, LATER)).problem()).isEqualTo("409 quota-exceeds-stock");
        assertThat(http.show(refused.text("saleId")).text("state")).isEqualTo("REFUSED");
        assertThat(http.order(refused.text("saleId"), "alice", key, 1).problem())
                .isEqualTo("404 not-found");
    }

    @Test
    void aSkuThatNobodyKnowsIsAMistakeInTheRequest() {
        downstream.on(
                StandInDownstreamServices.SET_APART,
                call -> Answer.problem(404, "{\"status\":404,\"code\":\"unknown-sku\",\"detail\":\"No such SKU.\"}"));

        Reply refused = http.make(key, terms(sku, 10, 2, NOW, LATER));

        assertThat(refused.problem()).isEqualTo("400 invalid-sale");
        assertThat(refused.body().at("/errors/0/field").asString()).isEqualTo("sku");
    }

    @Test
    void aSaleWhoseQuotaIsNotKnownToBeSetApartIsMadeOnceStockSvcAnswers() {
        downstream.on(StandInDownstreamServices.SET_APART, call -> Answer.hangUp());
        Reply unknown = http.make(key, terms(sku, 10, 2, NOW, LATER));
        assertThat(unknown.problem()).isEqualTo("503 outcome-unknown");
        assertThat(http.order(unknown.text("saleId"), "alice", key, 1).problem())
                .isEqualTo("404 not-found");

        downstream.serveAll();

        // By itself, and to whoever asks again.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> http.show(unknown.text("saleId")).text("state").equals("OPEN"));
        assertThat(http.make(key, terms(sku, 10, 2, NOW, LATER)).status()).isEqualTo(200);
    }

    @Test
    void aSaleIsPausedAndOpenedAndClosedByHand() {
        String sale = http.openSale(10, 2);

        assertThat(http.operate(sale, "pause").text("state")).isEqualTo("PAUSED");
        assertThat(http.operate(sale, "pause").text("state")).isEqualTo("PAUSED");
        assertThat(http.order(sale, "alice", key, 1).problem()).isEqualTo("409 sale-paused");
        assertThat(http.operate(sale, "open").text("state")).isEqualTo("OPEN");
        assertThat(http.order(sale, "alice", key, 1).status()).isEqualTo(201);
        assertThat(http.operate(sale, "close").text("state")).isEqualTo("CLOSED");
        // The keeper of sales may have asked at the same moment; stock-svc gives back once.
        assertThat(downstream.callsTo(StandInDownstreamServices.GIVE_BACK)).hasSizeBetween(1, 2);
        assertThat(http.operate(sale, "close").text("state")).isEqualTo("CLOSED");
        assertThat(http.operate(sale, "open").problem()).isEqualTo("409 sale-state");
        assertThat(http.operate(sale, "pause").problem()).isEqualTo("409 sale-state");
        assertThat(http.order(sale, "bob", key, 1).problem()).isEqualTo("403 sale-closed");
        // The order that is there is there still.
        assertThat(http.order(sale, "alice", key, 1).status()).isEqualTo(200);
        // The figures may be a quarter of a second old.
        await().until(() -> http.show(sale).number("sold") == 1);
    }

    @Test
    void aSaleOpensAndClosesByTheClock() {
        Instant start = Instant.now();
        Reply made = http.make(key, terms(sku, 10, 2, start.plusSeconds(3), start.plusSeconds(7)));
        String sale = made.text("saleId");
        assertThat(made.text("state")).isEqualTo("SCHEDULED");

        Reply early = http.order(sale, "alice", key, 1);
        assertThat(early.problem()).isEqualTo("425 sale-not-open");
        assertThat(early.response().headers().firstValueAsLong("Retry-After").orElse(0))
                .isBetween(1L, 4L);

        await("it opens")
                .atMost(Duration.ofSeconds(12))
                .until(() -> http.order(sale, "alice", key, 1).status() == 201);
        await("it closes")
                .atMost(Duration.ofSeconds(30))
                // Each time somebody else: whoever has ordered gets his order.
                .until(() -> http.order(sale, unique("bob"), key, 1).problem().equals("403 sale-closed"));
        await("its quota goes back").atMost(Duration.ofSeconds(10)).until(() -> stageOf(sale)
                .equals("CLOSED"));
    }

    @Test
    void aSaleThatIsScheduledMayBeOpenedNow() {
        String sale =
                http.make(key, terms(sku, 10, 2, LATER, LATER.plusSeconds(60))).text("saleId");

        assertThat(http.operate(sale, "open").text("state")).isEqualTo("OPEN");

        assertThat(http.order(sale, "alice", key, 1).status()).isEqualTo(201);
        // The request that made it is known all the same.
        assertThat(http.make(key, terms(sku, 10, 2, LATER, LATER.plusSeconds(60)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aQuotaThatCouldNotBeGivenBackIsGivenBackOnceStockSvcAnswers() {
        String sale = http.openSale(10, 2);
        downstream.on(StandInDownstreamServices.GIVE_BACK, call -> Answer.problem(503, "{\"status\":503}"));
        assertThat(http.operate(sale, "close").text("state")).isEqualTo("CLOSED");
        assertThat(stageOf(sale)).isEqualTo("CLOSING");

        downstream.serveAll();

        await().atMost(Duration.ofSeconds(10)).until(() -> stageOf(sale).equals("CLOSED"));
    }

    @Test
    void ofASaleThatThereIsNotNobodyLearnsAnything() {
        for (String id : List.of("00000000-0000-4000-8000-000000000000", "x", "'%20or%201=1")) {
            assertThat(http.show(id).problem()).isEqualTo("404 not-found");
            assertThat(http.operate(id, "close").problem()).isEqualTo("404 not-found");
            assertThat(http.order(id, "alice", key, 1).problem()).isEqualTo("404 not-found");
            assertThat(http.mine(id, "alice").problem()).isEqualTo("404 not-found");
        }
    }

    private String stageOf(String sale) {
        return database.jdbc().queryForObject("select stage from sale where sale_id = ?", String.class, sale);
    }

    private int salesOf(String goods) {
        return database.jdbc().queryForObject("select count(*) from sale where sku = ?", Integer.class, goods);
    }
}

package io.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.StandInCoordinator.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Whatever the caller got wrong is a problem that says so, never a failure of this service, and leaves nothing behind. */
@OnRealDatabase
class CallersMistakesTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final String ITEM =
            "{\"sku\":\"%s\",\"quantity\":%s,\"unitPrice\":{\"minor\":%s,\"currency\":\"CNY\"}}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final TestTokens tokens;

    CallersMistakesTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders?size=-1",
                "/orders?size=2147483648",
                "/orders?size=9223372036854775808",
                "/orders?size=1e2",
                "/orders?size=%F0%9F%8D%8E",
                "/orders?page=-2147483648",
                "/orders?page=2147483647",
                "/orders?page=NaN",
                "/orders?status=%00",
                "/orders?status=PAID%00",
                "/orders?buyerId=",
                "/orders?status=%20",
                "/orders?status=paid",
                "/orders?buyerId=alice%20",
                "/orders?buyerId=%C3%9Fen",
                "/orders?buyerId=e%CC%81",
                "/orders?buyerId=%F0%9F%8D%8E",
                "/orders/%F0%9F%8D%8E",
                "/orders/0198c0de-7f00-7abc-8def-0123456789ab%20",
                "/orders/%EF%BC%90198c0de-7f00-7abc-8def-0123456789ab",
                "/orders/-1",
                "/sales/0198c0de-7f00-7abc-8def-0123456789ab%20",
                "/sales/%C4%B0"
            })
    void whatCannotBeReadIsAskedForInVain(String path) {
        HttpResponse<String> response = send(request(path));

        assertThat(response.statusCode()).as(response.body()).isIn(400, 404);
        assertThat(response.body()).contains("\"code\"").doesNotContain("Exception", "io.holdfast");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Of numbers that are no quantity and no price.
                "tea|2147483648|5",
                "tea|-9223372036854775808|5",
                "tea|9223372036854775807|9223372036854775807",
                "tea|9223372036854775808|5",
                "tea|1e400|5",
                "tea|1.5|5",
                "tea|2|9223372036854775807",
                "tea|2|4611686018427387904",
                "tea|1|100000000001",
                "tea|1|-0",
                // Of SKUs that look like another one.
                "tea |1|5",
                "\\u0000|1|5",
                "stra\\u00dfe|1|5",
                "\\u0130|1|5",
                "te\\u0301|1|5",
                "\\ud83c\\udf4e|1|5",
                "\\ud83c|1|5",
                "\\uff54ea|1|5",
                "tea\\u00a0|1|5",
                "tea@0198c0de-7f00-7abc-8def-0123456789ab|1|5"
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void anOrderOfWhatCannotBeIsRefusedAndNotWrittenDown(String sku, String quantity, String price) {
        int before = database.orders();

        HttpResponse<String> response = order("\"alice\"", ITEM.formatted(sku, quantity, price));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("Exception", "io.holdfast");
        assertThat(database.orders()).isEqualTo(before);
        assertThat(coordinator.begun()).isEmpty();
    }

    @Test
    void aHundredLinesOfOneSkuAreOneErrorAndManySumsThatOverflowAreOneToo() {
        String same = IntStream.range(0, 100)
                .mapToObj(i -> ITEM.formatted("tea", "1", "5"))
                .collect(Collectors.joining(","));
        String dear = IntStream.range(0, 200)
                .mapToObj(i -> ITEM.formatted("tea-" + i, "2147483647", "4294967298"))
                .collect(Collectors.joining(","));

        assertThat(order("\"alice\"", same).body()).contains("invalid-order", "each SKU once");
        assertThat(order("\"alice\"", dear).body()).contains("invalid-order", "must not cost more than");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"alice \"",
                "\" alice\"",
                "\"alice\\u0000\"",
                "\"Stra\\u00dfe\"",
                "\"\\u0130lker\"",
                "\"caf\\u00e9\"",
                "\"cafe\\u0301\"",
                "\"\\u5c0f\\u660e\"",
                "\"\\ud83c\\udf4e\"",
                "\"\\uff41lice\"",
                "\"alice\\u200b\"",
                "\"\""
            })
    void aBuyerIdIsOfLettersThatHaveOneFormOnly(String buyer) {
        int before = database.orders();

        HttpResponse<String> response = order(buyer, ITEM.formatted("tea", "1", "5"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(database.orders()).isEqualTo(before);
    }

    @Test
    void buyersKeysAndSkusThatDifferInCaseAreDifferentOnes() {
        String name = "anna-" + NUMBERS.incrementAndGet();

        for (String buyer : new String[] {name, name.toUpperCase(Locale.ROOT)}) {
            for (String key : new String[] {"key", "KEY"}) {
                HttpResponse<String> placed =
                        send(request("/orders").header("Idempotency-Key", key).POST(body("""
                                {"buyerId":"%s","items":[%s,%s],"payment":{"method":"WALLET"}}""".formatted(
                                        buyer, ITEM.formatted("tea", "1", "5"), ITEM.formatted("TEA", "1", "5")))));
                assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
            }
        }

        assertThat(send(request("/orders?buyerId=" + name)).body()).contains("\"total\":2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "+999999999-12-31T23:59:59Z|+999999999-12-31T23:59:59.999Z",
                "+999999999-01-01T00:00:00Z|+999999999-01-02T00:00:00Z",
                "+1000000000-12-31T23:59:59.999999999Z|+1000000000-12-31T23:59:59.999999999Z",
                "-999999999-01-01T00:00:00Z|-999999999-01-02T00:00:00Z",
                "0000-01-01T00:00:00Z|0000-01-02T00:00:00Z",
                "9999-12-31T00:00:00Z|+10000-01-02T00:00:00Z",
                "9999-12-31T00:00:00Z|9999-12-31T23:59:59.9999Z",
                "2026-02-30T00:00:00Z|2026-03-01T00:00:00Z"
            })
    void aSaleOfAnotherAgeIsRefused(String opens, String closes) {
        HttpResponse<String> response = send(request("/sales")
                .header("X-Reason", "a test")
                .header("Idempotency-Key", "age-" + NUMBERS.incrementAndGet())
                .POST(body("""
                        {"sku":"tea","quota":1,"unitPrice":{"minor":5,"currency":"CNY"},"perBuyerLimit":1,
                         "opensAt":"%s","closesAt":"%s"}""".formatted(opens, closes))));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("Exception", "io.holdfast");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"reason\":\"\\ud83c\"}|400",
                "{\"reason\":\"one line\\u0085or two\"}|400",
                "{\"reason\":\"one line\\u2028or two\"}|400",
                "{\"reason\":\"\\u0000\"}|400",
                "{\"reason\":\"\\ud83c\\udf4e Gr\\u00f6\\u00dfe \\u671f\\u521d\"}|202",
                "{\"reason\":\"\"}|202",
                "{}|202"
            })
    void aReasonToCancelIsOneLineOfText(String reason, int status) {
        String id = order("\"alice\"", ITEM.formatted("tea", "1", "5"))
                .body()
                .replaceAll("(?s).*\"orderId\":\"([^\"]+)\".*", "$1");

        HttpResponse<String> response =
                send(request("/orders/" + id + "/cancellation").POST(body(reason)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(database.statusOf(id)).isEqualTo(status == 202 ? "CLOSING" : "PAID");
    }

    /** What Java holds for two is two in the database: neither case nor accents are folded where something is found by its name. */
    @Test
    void whatIsFoundByItsNameIsComparedByteByByte() {
        assertThat(database.jdbc().queryForList("""
                        select distinct concat(c.table_name, '.', c.column_name, ' ', c.collation_name)
                        from information_schema.columns c
                        join information_schema.statistics i on i.table_schema = c.table_schema
                            and i.table_name = c.table_name and i.column_name = c.column_name
                        where c.table_schema = database() and c.collation_name not like '%\\_bin'
                            and c.table_name not like '%\\_history'
                        """, String.class)).isEmpty();
    }

    private HttpResponse<String> order(String buyer, String items) {
        return send(request("/orders")
                .header("Idempotency-Key", "mistake-" + NUMBERS.incrementAndGet())
                .POST(body("{\"buyerId\":%s,\"items\":[%s],\"payment\":{\"method\":\"WALLET\"}}"
                        .formatted(buyer, items))));
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", tokens.authorizationFor(path))
                .header("X-Reason", "a test")
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

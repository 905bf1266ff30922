package io.holdfast.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** What callers see, over real HTTP. */
@OnRealDatabase
class HttpInterfaceTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final RestTestClient http;
    private final Branches.Factory branches;
    private final StockTables tables;

    private final String sku = "tea-" + NUMBERS.incrementAndGet();
    private final String order = "order-" + NUMBERS.incrementAndGet();
    private final String key = "key-" + NUMBERS.incrementAndGet();
    private final String xid = Branches.newXid();

    HttpInterfaceTest(
            @LocalServerPort int port,
            @Autowired Branches.Factory branches,
            @Autowired StockTables tables,
            @Autowired TestTokens tokens) {
        this.http = RestTestClient.bindToServer(tokens.requests())
                .baseUrl("http://127.0.0.1:" + port)
                .build();
        this.branches = branches;
        this.tables = tables;
    }

    @AfterEach
    void nothingIsLost() {
        tables.assertNothingIsLost();
    }

    @Test
    void goodsComeInOncePerKey() {
        problem(stock(sku), 404, "unknown-sku");

        receive(sku, key, "{\"quantity\":10}")
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Location", "/stock/" + sku)
                .expectBody()
                .jsonPath("$.sku")
                .isEqualTo(sku)
                .jsonPath("$.quantity")
                .isEqualTo(10)
                .jsonPath("$.receivedAt")
                .exists();
        receive(sku, key, "{\"quantity\": 10}").expectStatus().isOk();
        problem(receive(sku, key, "{\"quantity\":11}"), 422, "idempotency-key-reused");
        problem(receive(sku + "-other", key, "{\"quantity\":10}"), 422, "idempotency-key-reused");
        receive(sku, key + "-b", "{\"quantity\":5}").expectStatus().isCreated();

        stock(sku)
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"sku\":\"%s\",\"received\":15,\"available\":15,\"reserved\":0,\"sold\":0}".formatted(sku));
        problem(stock(sku + "-other"), 404, "unknown-sku");
    }

    @Test
    void moreThanCanBeCountedIsRefusedAndTheKeyStaysFree() {
        receive(sku, key, "{\"quantity\":%d}".formatted(Long.MAX_VALUE))
                .expectStatus()
                .isCreated();

        problem(receive(sku, key + "-b", "{\"quantity\":1}"), 400, "quantity-too-large");

        receive(sku + "-b", key + "-b", "{\"quantity\":1}").expectStatus().isCreated();
        assertThat(tables.level(sku)).containsExactly(Long.MAX_VALUE + "/0/0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"quantity\":null}",
                "{\"quantity\":0}",
                "{\"quantity\":-1}",
                "{\"quantity\":1.5}",
                "{\"quantity\":\"1\"}",
                "{\"quantity\":true}",
                "{\"quantity\":9223372036854775808}",
                "{\"quantity\":1,\"price\":1}",
                "{\"quantity\":1,\"quantity\":2}",
                "{\"quantity\":1",
                "[1]"
            })
    void aBadReceiptIsAClearProblemAndLeavesNoTrace(String body) {
        receive(sku, key, body)
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .value(String.class, code -> assertThat(code).isIn("invalid-request", "malformed-json"));

        assertThat(tables.level(sku)).isEmpty();
    }

    @Test
    void aBadSkuOrKeyIsRefused() {
        problem(stock("a b"), 400, "invalid-request");
        problem(stock("' or '1'='1"), 400, "invalid-request");
        problem(stock("s".repeat(65)), 400, "invalid-request");
        // A semicolon in a path is refused before anybody looks at what the path says.
        problem(receive("a'; drop table stock; --", key, "{\"quantity\":1}"), 400, "bad-request");
        problem(receive(sku, "k".repeat(65), "{\"quantity\":1}"), 400, "idempotency-key-invalid");
        problem(
                http.post()
                        .uri("/stock/{sku}/receipts", sku)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{\"quantity\":1}")
                        .exchange(),
                400,
                "idempotency-key-missing");
        problem(receive(sku, key, "{\"quantity\":1}" + " ".repeat(1024 * 1024)), 413, "body-too-large");
        assertThat(tables.level(sku)).isEmpty();
    }

    @Test
    void twentyThreadsWithOneKeyBringTheGoodsInOnceAndOthersOfANewSkuAllOfThem() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(40);
        for (int i = 0; i < 40; i++) {
            String keyOfCall = i < 20 ? key : key + "-" + i;
            calls.add(() -> {
                together.await(30, TimeUnit.SECONDS);
                return receive(sku, keyOfCall, "{\"quantity\":1}")
                        .returnResult(String.class)
                        .getStatus()
                        .value();
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(40);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (var result : threads.invokeAll(calls, 1, TimeUnit.MINUTES)) {
                statuses.add(result.get());
            }
            assertThat(statuses).containsOnly(200, 201);
            assertThat(Collections.frequency(statuses, 201)).isEqualTo(21);
        } finally {
            threads.shutdownNow();
        }
        assertThat(tables.level(sku)).containsExactly("21/0/0");
    }

    @Test
    void aTryReservesItsOrdersAndTheSameTryAgainMakesNoSecondBranch() {
        tables.put(sku, 10);
        String body = orders(order(order, line(sku, 3)), order(order + "-b", line(sku, 4)));

        for (int i = 0; i < 2; i++) {
            reserve(xid, body)
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .json("{\"reserved\":[\"%1$s\",\"%1$s-b\"]}".formatted(order));
        }

        assertThat(tables.level(sku)).containsExactly("3/7/0");
        assertThat(tables.fenceRows(xid)).containsExactly(1);
        http.get()
                .uri("/internal/tcc/branches?xid={xid}", xid)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.length()")
                .isEqualTo(1)
                .jsonPath("$[0].service")
                .isEqualTo("stock-svc")
                .jsonPath("$[0].action")
                .isEqualTo("stock.reserve");
    }

    @Test
    void anOrderThatIsHeldOtherwiseIsBusy() {
        tables.put(sku, 10);
        reserve(xid, orders(order(order, line(sku, 3)))).expectStatus().isOk();

        String other = order + "-b";
        problem(reserve(Branches.newXid(), orders(order(order, line(sku, 3)))), 409, "order-busy");
        problem(reserve(xid, orders(order(order, line(sku, 4)))), 409, "order-busy");
        reserve(xid, orders(order(other, line(sku, 1)), order(order, line(sku, 3))))
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("order-busy")
                .jsonPath("$.refusals.length()")
                .isEqualTo(1)
                .jsonPath("$.refusals[0].orderId")
                .isEqualTo(order);

        assertThat(tables.level(sku)).containsExactly("7/3/0");
    }

    @Test
    void aReleasedOrderMayBeReservedAgain() {
        tables.put(sku, 10);
        Branch earlier = branches.newBranch();
        earlier.reserve(OrderLines.of(new OrderId(order), Map.of(new Sku(sku), new Quantity(3))));
        earlier.release();

        reserve(xid, orders(order(order, line(sku, 3)))).expectStatus().isOk();

        assertThat(tables.level(sku)).containsExactly("7/3/0");
    }

    @Test
    void aShortageNamesEveryOrderThatHasToGoAndMakesNoBranch() {
        tables.put(sku, 5);
        String first = order(order + "-1", line(sku, 4));
        String last = order(order + "-4", line(sku, 1));

        ResponseSpec refused = reserve(
                xid,
                orders(
                        first,
                        order(order + "-2", line(sku, 2)),
                        order(order + "-3", line(sku, 1), line("no-such-sku", 1)),
                        last));
        refused.expectStatus()
                .isEqualTo(409)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .json("""
                        {"type":"urn:holdfast:problem:out-of-stock","code":"out-of-stock","status":409,
                         "instance":"/internal/reservations",
                         "refusals":[
                           {"orderId":"%1$s-2","code":"out-of-stock","sku":"%2$s","available":1,
                            "detail":"Of %2$s are 1 available, and 2 wanted."},
                           {"orderId":"%1$s-3","code":"invalid-order","sku":"no-such-sku","available":0,
                            "detail":"There is no SKU no-such-sku."}]}""".formatted(order, sku))
                .jsonPath("$.traceId")
                .exists();
        assertThat(tables.level(sku)).containsExactly("5/0/0");
        assertThat(tables.fenceRows(xid)).isEmpty();

        reserve(xid, orders(first, last)).expectStatus().isOk();
        assertThat(tables.level(sku)).containsExactly("0/5/0");
    }

    @Test
    void aTryWithoutAGlobalTransactionOrWithAForgedOneIsRefused() {
        tables.put(sku, 5);
        String body = orders(order(order, line(sku, 1)));

        problem(reserve(null, body), 400, "xid-required");
        problem(reserve("x' or 1=1 --", body), 400, "malformed-xid");
        problem(reserve("", body), 400, "malformed-xid");

        assertThat(tables.level(sku)).containsExactly("5/0/0");
    }

    @Test
    void anXidFromOutsideHasNoEffectOnThePublicInterface() {
        http.post()
                .uri("/stock/{sku}/receipts", sku)
                .header("Idempotency-Key", key)
                .header("TX_XID", xid)
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"quantity\":1}")
                .exchange()
                .expectStatus()
                .isCreated();

        assertThat(tables.fenceRows(xid)).isEmpty();
    }

    @Test
    void aTryOfTheWrongFormIsRefused() {
        tables.put(sku, 5);
        List<String> bodies = List.of(
                "{}",
                orders(),
                orders("null"),
                orders("{\"orderId\":\"o\",\"lines\":[]}"),
                orders("{\"orderId\":\"o\",\"lines\":[null]}"),
                orders(order("", line(sku, 1))),
                orders(order("o'; --", line(sku, 1))),
                orders(order(order, line("", 1))),
                orders(order(order, line("a b", 1))),
                orders(order(order, line(sku, 0))),
                orders(order(order, line(sku, -1))),
                orders(order(order, "{\"sku\":\"%s\",\"quantity\":99999999999}".formatted(sku))),
                orders(order(order, line(sku, 1), line(sku, 1))),
                orders(order(order, line(sku, 1)), order(order, line(sku, 1))),
                orders(order(order, lines(201))),
                orders(IntStream.range(0, 1001)
                        .mapToObj(i -> order("o" + i, line(sku, 1)))
                        .toArray(String[]::new)),
                orders(IntStream.range(0, 51)
                        .mapToObj(i -> order("o" + i, lines(200)))
                        .toArray(String[]::new)));

        assertThat(bodies).allSatisfy(body -> problem(reserve(xid, body), 400, "invalid-request"));
        assertThat(tables.level(sku)).containsExactly("5/0/0");
        assertThat(tables.fenceRows(xid)).isEmpty();
    }

    @Test
    void aThousandOrdersGoInOneCall() {
        tables.put(sku, 1000);

        reserve(
                        xid,
                        orders(IntStream.range(0, 1000)
                                .mapToObj(i -> order(order + "-" + i, line(sku, 1)))
                                .toArray(String[]::new)))
                .expectStatus()
                .isOk();

        assertThat(tables.level(sku)).containsExactly("0/1000/0");
        assertThat(tables.fenceRows(xid)).containsExactly(1);
    }

    @Test
    void theInterfaceIsDescribed() {
        http.get()
                .uri("/v3/api-docs")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.info.title")
                .isEqualTo("stock-svc")
                .jsonPath("$.paths['/stock/{sku}/receipts'].post.responses.201")
                .exists()
                .jsonPath("$.paths['/stock/{sku}/receipts'].post.responses.default.content['application/problem+json']")
                .exists()
                .jsonPath("$.paths['/stock/{sku}'].get.parameters[0].schema.type")
                .isEqualTo("string")
                .jsonPath("$.paths['/internal/reservations'].post.summary")
                .exists();
    }

    private ResponseSpec stock(String skuOfCall) {
        return http.get().uri("/stock/{sku}", skuOfCall).exchange();
    }

    private ResponseSpec receive(String skuOfCall, String keyOfCall, String body) {
        return http.post()
                .uri("/stock/{sku}/receipts", skuOfCall)
                .header("Idempotency-Key", keyOfCall)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private ResponseSpec reserve(String xidOfCall, String body) {
        var request = http.post().uri("/internal/reservations").contentType(MediaType.APPLICATION_JSON);
        if (xidOfCall != null) {
            request.header("TX_XID", xidOfCall);
        }
        return request.body(body).exchange();
    }

    private static void problem(ResponseSpec response, int status, String code) {
        response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code)
                .jsonPath("$.type")
                .isEqualTo("urn:holdfast:problem:" + code)
                .jsonPath("$.traceId")
                .exists();
    }

    private static String orders(String... orders) {
        return "{\"orders\":[" + String.join(",", orders) + "]}";
    }

    private static String order(String id, String... lines) {
        return "{\"orderId\":\"%s\",\"lines\":[%s]}".formatted(id, String.join(",", lines));
    }

    private static String line(String skuOfLine, int quantity) {
        return "{\"sku\":\"%s\",\"quantity\":%d}".formatted(skuOfLine, quantity);
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> line("s" + i, 1)).collect(Collectors.joining(","));
    }
}

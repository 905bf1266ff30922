package io.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.RawRequest;
import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator does to orders and sales, and what of it the database knows afterwards. */
@OnRealDatabase
class AuditTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int port;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final TestTokens tokens;
    private final Set<String> changingEndpoints = new TreeSet<>();

    private final int number = NUMBERS.incrementAndGet();
    private final String key = "audit-" + number;
    private final String sku = "audited-" + number;

    AuditTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired TestTokens tokens,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping endpoints) {
        this.port = port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.tokens = tokens;
        endpoints.getHandlerMethods().keySet().forEach(mapping -> mapping.getMethodsCondition().getMethods().stream()
                .filter(method -> !Set.of("GET", "HEAD").contains(method.name()))
                .forEach(method -> mapping.getPatternValues().stream()
                        .filter(pattern -> !pattern.startsWith("/internal/"))
                        .forEach(pattern -> changingEndpoints.add(method + " " + pattern))));
    }

    @BeforeEach
    void everythingIsUpAndNothingIsKeptYet() {
        coordinator.behave();
        downstream.serveAll();
        database.jdbc().update("delete from audit_entry");
    }

    @Test
    void thereAreNoChangesByOperatorsButThoseThatAreTriedHere() {
        assertThat(changingEndpoints)
                .containsExactly(
                        "POST /orders",
                        "POST /orders/{orderId}/cancellation",
                        "POST /sales",
                        "POST /sales/{saleId}/close",
                        "POST /sales/{saleId}/open",
                        // For buyers alone.
                        "POST /sales/{saleId}/orders",
                        "POST /sales/{saleId}/pause");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"WALLET\"", "\"CARD\",\"token\":\"tok_ok\""})
    void anOrdersRowNamesTheOperatorTheOrderTheAmountTheKeyAndTheReasonWhoeverWritesItDown(String method) {
        RawRequest.Answer answer = order(key, "期初余额", method);

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(
                        rows(
                                "concat_ws('|', who, method, target, resource, amount, idempotency_key, reason, effect, trace_id)"))
                .containsExactly(String.join(
                        "|",
                        "olga",
                        "POST",
                        "/orders",
                        "order " + orderId(answer) + " of alice",
                        "3998 CNY",
                        key,
                        "期初余额",
                        "CHANGED",
                        answer.header("X-Trace-Id")));
    }

    @Test
    void ordersThatShareAGroupHaveARowEach() throws Exception {
        int many = 12;
        CyclicBarrier start = new CyclicBarrier(many);
        ExecutorService pool = Executors.newFixedThreadPool(many);
        try {
            List<Future<RawRequest.Answer>> answers = new ArrayList<>();
            IntStream.range(0, many)
                    .forEach(i -> answers.add(pool.submit(() -> {
                        start.await();
                        return order(key + "-" + i, "reason " + i, "\"WALLET\"");
                    })));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                RawRequest.Answer answer = answers.get(i).get();
                assertThat(answer.status()).as("%s", answer).isEqualTo(201);
                expected.add("order " + orderId(answer) + " of alice|" + key + "-" + i + "|reason " + i + "|CHANGED");
            }
            assertThat(rows("concat_ws('|', resource, idempotency_key, reason, effect)"))
                    .containsExactlyInAnyOrderElementsOf(expected);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void oneKeyFromManyThreadsChangesSomethingOnce() throws Exception {
        int many = 6;
        ExecutorService pool = Executors.newFixedThreadPool(many);
        try {
            List<Future<RawRequest.Answer>> answers = IntStream.range(0, many)
                    .mapToObj(i -> pool.submit(() -> order(key, "the same", "\"WALLET\"")))
                    .toList();
            for (Future<RawRequest.Answer> answer : answers) {
                assertThat(answer.get().status()).as("%s", answer.get()).isIn(200, 201);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(rows("concat(effect, ' ', count(distinct resource), ' ', count(*))", "group by effect"))
                .containsExactly("CHANGED 1 1", "UNCHANGED 1 " + (many - 1));
    }

    @Test
    void anOrderThatIsRefusedIsKeptAndSoIsWhoPlacedIt() {
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.problem(
                        409,
                        "{\"status\":409,\"code\":\"out-of-stock\",\"detail\":\"No.\",\"refused\":%s}"
                                .formatted(JSON.writeValueAsString(call.orderIds()))));

        assertThat(order(key, "on request", "\"WALLET\"").status()).isGreaterThanOrEqualTo(400);

        assertThat(rows("concat(reason, ' ', effect)")).containsExactly("on request CHANGED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"WALLET\"", "\"CARD\",\"token\":\"tok_ok\""})
    void anOrderThatCannotBeAuditedIsNotPlaced(String method) {
        int before = database.orders();
        database.jdbc().execute("rename table audit_entry to audit_entry_away");
        try {
            assertThat(order(key, "unseen", method).status()).isGreaterThanOrEqualTo(500);
        } finally {
            database.jdbc().execute("rename table audit_entry_away to audit_entry");
        }
        assertThat(database.orders()).isEqualTo(before);
        assertThat(downstream.paths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a%0Ab"})
    void withoutAReasonThatCanBeReadNothingIsOrderedAndNothingIsKept(String reason) {
        int before = database.orders();

        RawRequest.Answer answer = order(key, reason, "\"WALLET\"");

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.text()).contains("reason-invalid");
        assertThat(database.orders()).isEqualTo(before);
        assertThat(rows("who")).isEmpty();
    }

    @Test
    void aBuyersOrderNeedsNoReasonAndLeavesNoRow() {
        RawRequest.Answer answer = RawRequest.of("POST", "/orders")
                .header("Authorization", tokens.buyer("alice"))
                .header("Idempotency-Key", key)
                .send(port, body("\"WALLET\""));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(get("/orders/" + orderId(answer), tokens.buyer("alice")).status())
                .isEqualTo(200);
        assertThat(rows("who")).isEmpty();
    }

    @Test
    void aCancellationLeavesARowAndASecondOneSaysThatItChangedNothing() {
        String id = orderId(order(key, "first", "\"WALLET\""));
        String cancellation = "/orders/" + id + "/cancellation";

        assertThat(operate(cancellation, "Größe").status()).isEqualTo(202);
        assertThat(operate(cancellation, "again").status()).isIn(200, 202);

        assertThat(rows("concat_ws('|', target, resource, amount, reason, effect)"))
                .endsWith(
                        cancellation + "|order " + id + " of alice|3998 CNY|Größe|CHANGED",
                        cancellation + "|order " + id + " of alice|3998 CNY|again|UNCHANGED");
    }

    @Test
    void eachStepOfASaleLeavesARow() {
        Instant now = Instant.now();
        RawRequest.Answer made = RawRequest.of("POST", "/sales")
                .header("Authorization", tokens.authorizationFor("/sales"))
                .header("Idempotency-Key", key)
                .header("X-Reason", "spring".getBytes(StandardCharsets.UTF_8))
                .send(port, """
                        {"sku":"%s","quota":10,"unitPrice":{"minor":500,"currency":"CNY"},"opensAt":"%s","closesAt":"%s",
                         "perBuyerLimit":2}""".formatted(sku, now, now.plus(Duration.ofHours(1))));
        assertThat(made.status()).as("%s", made).isEqualTo(201);
        String sale = json(made).get("saleId").asString();
        for (String step : List.of("pause", "open", "close")) {
            assertThat(operate("/sales/" + sale + "/" + step, step).status()).isEqualTo(200);
        }
        assertThat(get("/sales/" + sale, tokens.authorizationFor("/sales")).status())
                .isEqualTo(200);

        assertThat(rows("concat_ws('|', target, resource, amount, reason, effect)"))
                .containsExactly(
                        "/sales|sale " + sale + " of " + sku + "|10|spring|CHANGED",
                        "/sales/" + sale + "/pause|pause|CHANGED",
                        "/sales/" + sale + "/open|open|CHANGED",
                        "/sales/" + sale + "/close|close|CHANGED");
    }

    @Test
    void anOperatorsReadsOfOrdersAreKept() {
        String id = orderId(order(key, "first", "\"WALLET\""));
        String operator = tokens.authorizationFor("/orders");

        assertThat(get("/orders/" + id, operator).status()).isEqualTo(200);
        assertThat(get("/orders?buyerId=alice&size=1", operator).status()).isEqualTo(200);
        assertThat(get("/orders/none", operator).status()).isEqualTo(404);
        assertThat(get("/orders?size=0", operator).status()).isEqualTo(400);

        assertThat(rows("concat_ws('|', who, method, target, effect)"))
                .containsExactly(
                        "olga|POST|/orders|CHANGED",
                        "olga|GET|/orders/" + id + "|READ",
                        "olga|GET|/orders?buyerId=alice&size=1|READ");
        RawRequest.Answer list = get("/audit?who=olga&size=1", operator);
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.text()).contains("/orders?buyerId=alice&size=1", "\"next\":");
    }

    private RawRequest.Answer order(String idempotencyKey, String reason, String method) {
        return RawRequest.of("POST", "/orders")
                .header("Authorization", tokens.authorizationFor("/orders"))
                .header("Idempotency-Key", idempotencyKey)
                .header("X-Reason", reason.getBytes(StandardCharsets.UTF_8))
                .send(port, body(method));
    }

    private String body(String method) {
        return """
                {"buyerId":"alice","items":[{"sku":"%s","quantity":2,"unitPrice":{"minor":1999,"currency":"CNY"}}],
                 "payment":{"method":%s}}""".formatted(sku, method);
    }

    private RawRequest.Answer operate(String path, String reason) {
        return RawRequest.of("POST", path)
                .header("Authorization", tokens.authorizationFor(path))
                .header("X-Reason", reason.getBytes(StandardCharsets.UTF_8))
                .send(port, "{}");
    }

    private RawRequest.Answer get(String target, String authorization) {
        return RawRequest.of("GET", target)
                .header("Authorization", authorization)
                .send(port, "");
    }

    private static String orderId(RawRequest.Answer answer) {
        return json(answer).get("orderId").asString();
    }

    private static JsonNode json(RawRequest.Answer answer) {
        return JSON.readTree(answer.text().substring(answer.text().indexOf("\r\n\r\n") + 4));
    }

    private List<String> rows(String column) {
        return rows(column, "order by id");
    }

    private List<String> rows(String column, String order) {
        return database.jdbc().queryForList("select " + column + " from audit_entry " + order, String.class);
    }
}

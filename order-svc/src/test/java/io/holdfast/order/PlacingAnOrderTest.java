package io.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInCoordinator.TestTicker;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.abandoned.AbandonedOrders;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a buyer's program sees of an order, over real HTTP, whatever coordinator and downstream services do. */
@OnRealDatabase
class PlacingAnOrderTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int number = NUMBERS.incrementAndGet();
    private final String key = "http-" + number;
    private final String sku = "sku-" + number;
    private final String order = """
            {"buyerId":"alice","items":[{"sku":"%s","quantity":2,"unitPrice":{"minor":1999,"currency":"CNY"}}],
             "payment":{"method":"WALLET"}}""".formatted(sku);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final OrderLists lists;
    private final OrderRepository repository;
    private final TestTicker ticker;
    private final TestTokens tokens;

    PlacingAnOrderTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired OrderLists lists,
            @Autowired OrderRepository repository,
            @Autowired TestTicker ticker,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.lists = lists;
        this.repository = repository;
        this.ticker = ticker;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUpAndInStock() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void anOrderIsPaidAndTheSameKeyGetsTheSameOrder() {
        Reply reply = post(key, order);

        assertThat(reply.status()).isEqualTo(201);
        String id = reply.body().get("orderId").asString();
        assertThat(reply.header("Location")).isEqualTo("/orders/" + id);
        assertThat(reply.body().get("status").asString()).isEqualTo("PAID");
        assertThat(reply.body().at("/total/minor").asLong()).isEqualTo(3998);
        assertThat(downstream.paths())
                .containsExactly(
                        StandInDownstreamServices.OPEN,
                        StandInDownstreamServices.RESERVE,
                        StandInDownstreamServices.OUTCOMES);
        String xid = coordinator.begun().get(0);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN).get(0)).satisfies(call -> {
            assertThat(call.xid()).isEqualTo(xid);
            assertThat(call.body()).isEqualTo(JSON.readTree("""
                    {"orders":[{"orderId":"%s","buyerId":"alice","amount":{"minor":3998,"currency":"CNY"}}]}""".formatted(id)));
        });
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE).get(0)).satisfies(call -> {
            assertThat(call.xid()).isEqualTo(xid);
            assertThat(call.body()).isEqualTo(JSON.readTree("""
                    {"orders":[{"orderId":"%s","lines":[{"sku":"%s","quantity":2}]}]}""".formatted(id, sku)));
        });
        assertThat(downstream.callsTo(StandInDownstreamServices.OUTCOMES).get(0).body())
                .isEqualTo(JSON.readTree("{\"xid\":\"%s\",\"orderIds\":[\"%s\"]}".formatted(xid, id)));

        Reply again = post(key, order.replace(" ", ""));

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(reply.body());
        assertThat(coordinator.begun()).hasSize(1);
    }

    @Test
    void oneKeyFromTwentyThreadsMakesOneOrder() throws Exception {
        int threads = 20;
        int before = database.orders();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            replies.add(pool.submit(() -> {
                start.await();
                Reply reply = post(key, order);
                // Told to ask again, as a buyer's program would on a slow machine.
                for (int again = 0; again < 10 && reply.status() == 409; again++) {
                    reply = post(key, order);
                }
                return reply;
            }));
        }
        List<Reply> all = new ArrayList<>();
        for (Future<Reply> reply : replies) {
            all.add(reply.get(60, TimeUnit.SECONDS));
        }
        pool.shutdown();

        assertThat(all).extracting(Reply::status).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(all)
                .extracting(reply -> reply.body().get("orderId"))
                .containsOnly(all.get(0).body().get("orderId"));
        assertThat(database.orders()).isEqualTo(before + 1);
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).hasSize(1);
        assertThat(coordinator.begun()).extracting(coordinator::outcomeOf).doesNotContain(GlobalTxOutcome.RUNNING);
    }

    @Test
    void aKeyIsForOneOrderOnlyAndForOneBuyerOnly() {
        post(key, order);

        assertProblem(post(key, order.replace("1999", "2000")), 422, "idempotency-key-reused");
        assertThat(post(key, order.replace("alice", "bob")).status()).isEqualTo(201);
    }

    @Test
    void anOrderWhoseMoneyIsNotTakenYetIsConfirmingAndThenPaid() {
        downstream.outcomes("OPEN");

        Reply reply = post(key, order);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().get("status").asString()).isEqualTo("CONFIRMING");
        assertThat(reply.body().has("decidedAt")).isFalse();

        downstream.outcomes("CAPTURED");

        // Nobody calls again: the starter attempts the Confirm by itself when it is due.
        await().until(() -> post(key, order).body().get("status").asString().equals("PAID"));
        Reply again = post(key, order);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().has("decidedAt")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"outcomes\":[]}",
                "{\"outcomes\":[{\"orderId\":null,\"outcome\":\"CAPTURED\"}]}",
                "not JSON"
            })
    void anAnswerThatNamesNoCapturedPaymentIsNoReasonToCallAnOrderPaid(String outcomes) {
        downstream.on(StandInDownstreamServices.OUTCOMES, call -> Answer.ok(outcomes));

        assertThat(post(key, order).body().get("status").asString()).isEqualTo("CONFIRMING");
    }

    @Test
    void anOrderThatStockRefusesIsRejectedAndTheSameKeyGetsTheSameProblem() {
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.refusal(
                        409, "out-of-stock", ",\"sku\":\"" + sku + "\",\"available\":1", call.orderIds()));

        Reply reply = post(key, order);

        assertProblem(reply, 409, "out-of-stock");
        String id = reply.body().get("orderId").asString();
        assertThat(reply.body().get("detail").asString()).isEqualTo("No, because of the out-of-stock.");
        assertThat(database.statusOf(id)).isEqualTo("REJECTED");
        assertThat(coordinator.outcomeOf(coordinator.begun().get(0))).isEqualTo(GlobalTxOutcome.ROLLED_BACK);

        downstream.serveAll();
        Reply again = post(key, order);

        assertProblem(again, 409, "out-of-stock");
        assertThat(again.body().get("orderId").asString()).isEqualTo(id);
        assertThat(again.body().get("detail")).isEqualTo(reply.body().get("detail"));
        assertThat(downstream.paths()).isEmpty();
    }

    @Test
    void whatWasJustFoundSoldOutIsRefusedAtOnceForAMoment() {
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.refusal(
                        409, "out-of-stock", ",\"sku\":\"" + sku + "\",\"available\":0", call.orderIds()));
        assertProblem(post(key, order), 409, "out-of-stock");
        int begun = coordinator.begun().size();

        Reply second = post(key + "-b", order);

        assertProblem(second, 409, "out-of-stock");
        assertThat(coordinator.begun()).as("no global transaction").hasSize(begun);
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).hasSize(1);
        String id = second.body().get("orderId").asString();
        assertThat(database.statusOf(id)).isEqualTo("REJECTED");
        assertThat(get("/orders/" + id).body().has("xid")).isFalse();

        downstream.serveAll();
        ticker.pass(Duration.ofMillis(201));
        assertThat(post(key + "-c", order).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({"402, insufficient-funds", "400, invalid-order"})
    void anOrderThatPaymentRefusesIsRejectedBeforeStockIsAsked(int status, String code) {
        downstream.on(StandInDownstreamServices.OPEN, call -> Answer.refusal(402, code, "", call.orderIds()));

        assertProblem(post(key, order), status, code);

        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503|application/problem+json|{\"code\":\"coordinator-unavailable\"}",
                "500|text/plain|oops",
                "409|application/problem+json|{\"code\":\"order-busy\"}",
                "409|application/problem+json|{\"code\":\"out-of-stock\",\"refusals\":[]}",
                "409|application/problem+json|{\"refusals\":[{\"orderId\":\"another\",\"code\":\"out-of-stock\"}]}",
                "409|application/problem+json|{\"refusals\":[null]}",
                "200|application/json|{\"reserved\":[]}",
                "200|application/json|{}",
                "200|application/json|[",
                "204|application/json|''"
            })
    void whatIsNoClearAnswerIsNeverTakenForOneAndIsAskedOnce(int status, String type, String body) {
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(status, type, body));

        Reply reply = post(key, order);

        assertProblem(reply, 503, "service-unavailable");
        assertThat(reply.header("Retry-After")).isEqualTo("1");
        assertThat(database.statusOf(reply.body().get("orderId").asString())).isEqualTo("REJECTED");
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).hasSize(1);
        assertThat(coordinator.outcomeOf(coordinator.begun().get(0))).isEqualTo(GlobalTxOutcome.ROLLED_BACK);
    }

    @Test
    void aDownstreamServiceThatHangsUpMakesTheOrderFail() {
        downstream.on(StandInDownstreamServices.OPEN, call -> Answer.hangUp());

        assertProblem(post(key, order), 503, "service-unavailable");

        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN)).hasSize(1);
    }

    @Test
    void aRequestWhoseTwinIsStillBeingPlacedWaitsALittleAndIsToldSo() throws Exception {
        CountDownLatch reserved = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            reserved.countDown();
            try {
                goOn.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.ok("{\"reserved\":[\"" + call.orderIds().get(0) + "\"]}");
        });
        CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> post(key, order));
        assertThat(reserved.await(10, TimeUnit.SECONDS)).isTrue();

        Reply duplicate = post(key, order);

        assertProblem(duplicate, 409, "order-in-progress");
        assertThat(duplicate.header("Retry-After")).isEqualTo("1");
        goOn.countDown();
        Reply placed = first.get(10, TimeUnit.SECONDS);
        assertThat(placed.body().get("orderId")).isEqualTo(duplicate.body().get("orderId"));
    }

    @Test
    void withoutACoordinatorNothingIsWrittenDownAndTheSameKeyWorksLater() {
        int before = database.orders();
        coordinator.goAway();

        Reply reply = post(key, order);

        assertProblem(reply, 503, "service-unavailable");
        assertThat(reply.header("Retry-After")).isEqualTo("2");
        assertThat(reply.body().has("orderId")).isFalse();
        assertThat(database.orders()).isEqualTo(before);

        coordinator.behave();
        assertThat(post(key, order).status()).isEqualTo(201);
    }

    @Test
    void aCommitThatIsDecidedButNotAnsweredIsNoRejection() {
        coordinator.onCommit(xid -> GlobalTxOutcome.COMMITTED);

        Reply reply = post(key, order);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().get("status").asString()).isEqualTo("CONFIRMING");
    }

    @Test
    void aCommitOfUnknownOutcomeIsCalledUnknownAndTheSameKeyLaterGetsTheTruth() {
        coordinator.onCommit(xid -> GlobalTxOutcome.UNKNOWN);

        Reply reply = post(key, order);

        assertProblem(reply, 503, "outcome-unknown");
        assertThat(reply.header("Retry-After")).isEqualTo("5");
        String id = reply.body().get("orderId").asString();
        assertThat(reply.body().get("detail").asString()).contains("/orders/" + id);
        assertThat(database.statusOf(id)).isEqualTo("PLACED");

        coordinator.confirm(coordinator.begun().get(0));
        Reply again = post(key, order);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().get("status").asString()).isEqualTo("PAID");
    }

    @Test
    void aCommitThatComesTooLateEndsInARejection() {
        coordinator.onCommit(coordinator::cancel);

        Reply reply = post(key, order);

        assertProblem(reply, 503, "rolled-back");
        assertThat(database.statusOf(reply.body().get("orderId").asString())).isEqualTo("REJECTED");
    }

    @Test
    void aRollbackOfUnknownOutcomeIsFinishedByTheLookForAbandonedOrders() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));
        coordinator.onRollback(xid -> GlobalTxOutcome.UNKNOWN);

        Reply reply = post(key, order);

        assertProblem(reply, 503, "outcome-unknown");
        String id = reply.body().get("orderId").asString();
        assertThat(database.statusOf(id)).isEqualTo("RECEIVED");
        AbandonedOrders abandoned = new AbandonedOrders(
                lists, repository, coordinator::outcomeOf, Clock.systemUTC(), Duration.ofMillis(-10), 100);
        abandoned.rejectThem();
        assertThat(database.statusOf(id)).as("still running").isEqualTo("RECEIVED");

        coordinator.cancel(coordinator.begun().get(0));
        abandoned.rejectThem();

        assertProblem(post(key, order), 503, "abandoned");
        assertThat(database.statusOf(id)).isEqualTo("REJECTED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|items",
                "{\"items\":[]}|items",
                "{\"sku\":\"\"}|items[0].sku",
                "{\"sku\":\".\"}|items[0].sku",
                "{\"sku\":\"..\"}|items[0].sku",
                "{\"sku\":null}|items[0].sku",
                "{\"sku\":\"a' or '1'='1\"}|items[0].sku",
                "{\"quantity\":0}|items[0].quantity",
                "{\"quantity\":-1}|items[0].quantity",
                "{\"quantity\":101}|items",
                "{\"quantity\":9000000000}|items[0].quantity",
                "{\"minor\":0}|items[0].unitPrice",
                "{\"minor\":-5}|items[0].unitPrice",
                "{\"minor\":9223372036854775807}|items",
                "{\"currency\":\"cny\"}|items[0].unitPrice",
                "{\"buyerId\":\"'; drop table orders; --\"}|buyerId",
                "{\"method\":\"CARD\"}|payment.token",
                "{\"method\":\"CARD\",\"token\":\"4111111111111111\"}|payment.token",
                "{\"method\":\"BARTER\"}|payment.method",
                "{\"token\":\"t\"}|payment.token",
                "{\"twice\":true}|items",
                "{\"secondCurrency\":\"EUR\"}|items",
                "{\"lines\":201}|items"
            })
    void anInvalidOrderIsExplainedAndLeavesNoTrace(String change, String field) {
        int before = database.orders();

        Reply reply = post(key, orderWith(JSON.readTree(change)));

        assertProblem(reply, 400, "invalid-order");
        assertThat(reply.body().at("/errors/0/field").asString()).isEqualTo(field);
        assertThat(reply.body().has("orderId")).isFalse();
        assertThat(database.orders()).isEqualTo(before);
        assertThat(coordinator.begun()).isEmpty();
        // The Confirm of an earlier test's order may be attempted again meanwhile, and asks for outcomes.
        assertThat(downstream.paths())
                .doesNotContain(
                        StandInDownstreamServices.OPEN,
                        StandInDownstreamServices.RESERVE,
                        StandInDownstreamServices.AUTHORIZE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|malformed-json",
                "''|malformed-json",
                "{\"buyerId\":1}|invalid-request",
                "{\"buyerId\":\"a\",\"surprise\":1}|invalid-request"
            })
    void whatIsNoOrderAtAllIsAProblemOfTheRequest(String body, String code) {
        Reply reply = post(key, body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().get("code").asString()).isIn(code, "malformed-json", "invalid-request");
        assertThat(coordinator.begun()).isEmpty();
    }

    @Test
    void anOrderNeedsAKeyOfTheRightForm() {
        assertProblem(
                send(HttpRequest.newBuilder(URI.create(url + "/orders"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(order))),
                400,
                "idempotency-key-missing");
        assertProblem(post("k".repeat(65), order), 400, "idempotency-key-invalid");
    }

    @Test
    void aForgedXidFromOutsideHasNoEffect() {
        Reply reply = send(HttpRequest.newBuilder(URI.create(url + "/orders"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .header("TX_XID", "127.0.0.2:8091:666")
                .POST(HttpRequest.BodyPublishers.ofString(order)));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN).get(0).xid())
                .isEqualTo(coordinator.begun().get(0));
    }

    @Test
    void anOrderIsShownWithAllThatHappenedToIt() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));
        String id = post(key, order).body().get("orderId").asString();
        downstream.on(StandInDownstreamServices.BRANCHES, call -> Answer.ok("""
                [{"service":"stock-svc","action":"stock.reserve","branchId":"77","status":"SUSPENDED",
                  "createdAt":"2026-01-01T00:00:00Z","decidedAt":"2026-01-01T00:00:00Z","attempts":0,"lastError":null}]"""));

        JsonNode shown = get("/orders/" + id).body();

        assertThat(shown.get("status").asString()).isEqualTo("REJECTED");
        assertThat(shown.at("/rejection/code").asString()).isEqualTo("service-unavailable");
        assertThat(shown.has("timelineIncomplete")).isFalse();
        assertThat(shown.get("timeline"))
                .extracting(entry -> entry.get("outcome").asString())
                .contains("SUSPENDED", "RECEIVED", "REJECTED");
        assertThat(shown.get("timeline"))
                .filteredOn(entry -> "stock-svc".equals(entry.get("service").asString()))
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.get("phase").asString()).isEqualTo("CANCEL"));

        downstream.on(StandInDownstreamServices.BRANCHES, call -> new Answer(500, "text/plain", "oops"));
        JsonNode incomplete = get("/orders/" + id).body();
        assertThat(incomplete.get("timelineIncomplete"))
                .extracting(JsonNode::asString)
                .containsExactlyInAnyOrder("stock-svc", "payment-svc");
        assertThat(incomplete.get("timeline")).hasSize(2);
    }

    @Test
    void aPaidOrderShowsItsOwnTryAndConfirm() {
        String id = post(key, order).body().get("orderId").asString();

        JsonNode timeline = get("/orders/" + id).body().get("timeline");

        assertThat(timeline)
                .extracting(entry -> entry.path("phase").asString("") + " "
                        + entry.get("outcome").asString())
                .containsExactlyInAnyOrder(" RECEIVED", "TRY TRIED", "CONFIRM COMMITTED", " PAID");
        assertThat(timeline.get(0).get("outcome").asString()).isEqualTo("RECEIVED");
        assertThat(timeline.get(0).get("millis").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0198c0de-7f00-7abc-8def-0123456789ab",
                "x",
                "'%20or%201=1",
                "0198C0DE-7F00-7ABC-8DEF-0123456789AB"
            })
    void anUnknownOrderIsNotFound(String id) {
        assertProblem(get("/orders/" + id), 404, "not-found");
    }

    @Test
    void ordersAreListedNewestFirstPageByPage() {
        String buyer = "lister-" + number;
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(
                    0,
                    post(key + i, order.replace("alice", buyer))
                            .body()
                            .get("orderId")
                            .asString());
        }

        JsonNode first = get("/orders?size=3&buyerId=" + buyer).body();
        JsonNode second =
                get("/orders?page=1&size=3&status=PAID&buyerId=" + buyer).body();

        assertThat(first.get("items"))
                .extracting(item -> item.get("orderId").asString())
                .containsExactlyElementsOf(ids.subList(0, 3));
        assertThat(second.get("items"))
                .extracting(item -> item.get("orderId").asString())
                .containsExactlyElementsOf(ids.subList(3, 5));
        assertThat(first.get("total").asLong()).isEqualTo(5);
        assertThat(get("/orders?status=REJECTED&buyerId=" + buyer)
                        .body()
                        .get("total")
                        .asLong())
                .isZero();
        assertThat(get("/orders?page=9&buyerId=" + buyer).body().get("items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=101", "size=0", "page=-1", "page=x", "status=LOST", "buyerId=a%27b", "page=100001"})
    void aListThatCannotBeHadIsAProblem(String query) {
        assertProblem(get("/orders?" + query), 400, "invalid-request");
    }

    private String orderWith(JsonNode change) {
        if (change.isEmpty()) {
            return "{\"buyerId\":\"alice\",\"payment\":{\"method\":\"WALLET\"}}";
        }
        String line = "{\"sku\":%s,\"quantity\":%s,\"unitPrice\":{\"minor\":%s,\"currency\":%s}}";
        String one = line.formatted(
                change.has("sku") ? change.get("sku") : "\"a\"",
                change.has("quantity") ? change.get("quantity") : "2",
                change.has("minor") ? change.get("minor") : "5",
                change.has("currency") ? change.get("currency") : "\"CNY\"");
        List<String> items = new ArrayList<>();
        if (!change.has("items")) {
            items.add(one);
        }
        if (change.has("twice")) {
            items.add(one);
        }
        if (change.has("secondCurrency")) {
            items.add(line.formatted("\"b\"", "1", "5", change.get("secondCurrency")));
        }
        for (int i = 1; i < change.path("lines").asInt(0); i++) {
            items.add(line.formatted("\"s" + i + "\"", "1", "1", "\"CNY\""));
        }
        return "{\"buyerId\":%s,\"items\":[%s],\"payment\":{\"method\":%s%s}}"
                .formatted(
                        change.has("buyerId") ? change.get("buyerId") : "\"alice\"",
                        String.join(",", items),
                        change.has("method") ? change.get("method") : "\"WALLET\"",
                        change.has("token") ? ",\"token\":" + change.get("token") : "");
    }

    private Reply post(String idempotencyKey, String body) {
        return send(HttpRequest.newBuilder(URI.create(url + "/orders"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Reply get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)));
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            request.header("Authorization", tokens.authorizationFor("/orders")).header("X-Reason", "a test");
            HttpResponse<String> response =
                    http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
            return new Reply(response, JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void assertProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
        assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
        assertThat(reply.body().get("code").asString()).isEqualTo(code);
        assertThat(reply.body().get("type").asString()).isEqualTo("urn:holdfast:problem:" + code);
        assertThat(reply.body().get("traceId").asString()).isNotEmpty();
        assertThat(reply.body().toString()).doesNotContain("Exception", "io.holdfast", "select ");
    }

    record Reply(HttpResponse<String> response, JsonNode body) {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }
}

package io.holdfast.order.cancelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OverKafka;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a buyer gets who gives up on an order, over real HTTP and a real Kafka. stock-svc and payment-svc are the test. */
class CancellationTest extends OverKafka {

    private static final String RELEASE = "holdfast.stock.release";
    private static final String REFUND = "holdfast.payment.refund";
    private static final String EVENTS = "holdfast.order.events";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final TestTokens tokens;

    CancellationTest(
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
    @ValueSource(booleans = {true, false})
    void aPaidOrderIsClosedWhenItsGoodsAndItsMoneyAreBackWhicheverComesFirst(boolean moneyFirst) {
        String id = placed("PAID");

        Reply accepted = cancel(id, "{\"reason\":\"Ordered twice.\"}");

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.body().get("status").asString()).isEqualTo("CLOSING");
        assertThat(accepted.body().at("/closing/code").asString()).isEqualTo("cancelled");
        assertThat(accepted.body().at("/closing/detail").asString()).isEqualTo("Ordered twice.");
        assertThat(accepted.body().at("/cancellation/reason").asString()).isEqualTo("Ordered twice.");
        assertThat(accepted.body().has("decidedAt")).isFalse();

        ConsumerRecord<String, String> first = first(moneyFirst ? REFUND : RELEASE, id);
        assertThat(JSON.readTree(first.value()).get("reason").asString()).isEqualTo("cancelled");
        // Twice: the second one changes nothing.
        answer(first, 2);
        await().atMost(LIMIT).until(() -> statusOfMessage(id, moneyFirst ? "refund-payment" : "release-stock")
                .equals("CONFIRMED"));
        assertThat(database.statusOf(id)).isEqualTo("CLOSING");
        answer(first(moneyFirst ? RELEASE : REFUND, id), 2);
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));

        Reply again = cancel(id, "");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().get("status").asString()).isEqualTo("CLOSED");
        assertThat(again.body().at("/closing/detail").asString()).isEqualTo("Ordered twice.");
        List<ConsumerRecord<String, String>> events = read(EVENTS, id, 3);
        assertThat(events)
                .extracting(event -> JSON.readTree(event.value()).get("event").asString())
                .containsExactly("placed", "paid", "closed");
        assertThat(JSON.readTree(events.get(2).value()).at("/reason/code").asString())
                .isEqualTo("cancelled");
        List<String> story = new ArrayList<>();
        send("GET", "/orders/" + id, tokens.buyer("alice"), "")
                .body()
                .get("timeline")
                .forEach(entry -> story.add(entry.get("action").asString() + " "
                        + entry.get("outcome").asString()));
        assertThat(story)
                .containsSubsequence("order RECEIVED", "order PAID", "order.cancellation ASKED", "order CLOSING")
                .contains("payment.refund REFUNDED", "stock.release RELEASED", "order CLOSED");
    }

    @Test
    void theAnswerIsTheSameHoweverOftenItIsAskedForAndFromHoweverManyThreads() throws Exception {
        String id = placed("PAID");
        int size = 20;
        ExecutorService threads = Executors.newFixedThreadPool(size);
        CyclicBarrier ready = new CyclicBarrier(size);
        List<Future<Reply>> sent = new ArrayList<>();
        // A buyer has only some requests in flight; operators have no such bound.
        for (int i = 0; i < size; i++) {
            int number = i;
            sent.add(threads.submit(() -> {
                ready.await(30, TimeUnit.SECONDS);
                return send(
                        "POST",
                        "/orders/" + id + "/cancellation",
                        tokens.authorizationFor("/orders"),
                        "{\"reason\":\"By %d\"}".formatted(number));
            }));
        }
        List<Reply> replies = new ArrayList<>();
        for (Future<Reply> reply : sent) {
            replies.add(reply.get(60, TimeUnit.SECONDS));
        }
        threads.shutdownNow();

        assertThat(replies).extracting(Reply::status).containsOnly(202);
        assertThat(replies).extracting(Reply::body).containsOnly(replies.get(0).body());
        assertThat(messagesOf(id)).containsExactly("paid", "placed", "refund-payment", "release-stock");
        answer(first(REFUND, id), 1);
        answer(first(RELEASE, id), 1);
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
        assertThat(messagesOf(id)).containsExactly("closed", "paid", "placed", "refund-payment", "release-stock");
    }

    @Test
    void anOrderThatIsConfirmingIsCancelledAsSoonAsItsMoneyIsTaken() {
        downstream.outcomes("OPEN");
        String id = placed("CONFIRMING");

        Reply noted = cancel(id, "{}");
        assertThat(noted.status()).isEqualTo(202);
        assertThat(noted.body().get("status").asString()).isEqualTo("CONFIRMING");
        assertThat(noted.body().at("/cancellation/reason").asString()).isEqualTo("No reason was given.");
        assertThat(cancel(id, "{\"reason\":\"Another one.\"}").body()).isEqualTo(noted.body());
        assertThat(messagesOf(id)).containsExactly("placed");

        downstream.outcomes("CAPTURED");
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSING"));
        answer(first(RELEASE, id), 1);
        answer(first(REFUND, id), 1);

        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
        assertThat(read(EVENTS, id, 2))
                .extracting(event -> JSON.readTree(event.value()).get("event").asString())
                .containsExactly("placed", "closed");
    }

    @Test
    void anOrderThatIsGivenUpAfterItWasToBeCancelledNeedsOnlyItsGoodsBack() {
        downstream.outcomes("OPEN");
        String id = placed("CONFIRMING");
        assertThat(cancel(id, "").status()).isEqualTo(202);

        downstream.outcomes("GIVEN_UP");
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSING"));
        Reply closing = cancel(id, "");
        assertThat(closing.status()).isEqualTo(202);
        assertThat(closing.body().at("/closing/code").asString()).isEqualTo("payment-given-up");
        answer(first(RELEASE, id), 1);

        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
        assertThat(messagesOf(id)).containsExactly("closed", "placed", "release-stock");
    }

    @Test
    void whatIsCancelledWhileKafkaIsAwayIsClosedAfterItsReturn() {
        String id = placed("PAID");
        KAFKA.kill();

        assertThat(cancel(id, "").status()).isEqualTo(202);
        assertThat(database.statusOf(id)).isEqualTo("CLOSING");

        KAFKA.start();
        answer(first(RELEASE, id), 1);
        answer(first(REFUND, id), 1);
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
    }

    @Test
    void anOrderThatIsNotDecidedIsToBeAskedForAgainAndARejectedOneHasNothingToCancel() {
        coordinator.onCommit(any -> GlobalTxOutcome.UNKNOWN);
        String undecided = placed("PLACED");

        Reply later = cancel(undecided, "");
        assertProblem(later, 409, "order-undecided");
        assertThat(later.retryAfter()).isEqualTo("1");
        assertThat(later.body().get("orderId").asString()).isEqualTo(undecided);
        assertThat(database.statusOf(undecided)).isEqualTo("PLACED");

        coordinator.behave();
        downstream.on(
                StandInDownstreamServices.RESERVE, call -> Answer.refusal(409, "out-of-stock", "", call.orderIds()));
        String rejected = placed("REJECTED");
        assertProblem(cancel(rejected, ""), 409, "order-rejected");
        assertThat(messagesOf(rejected)).containsExactly("rejected");
    }

    @Test
    void onlyItsBuyerAndOperatorsCancelAnOrder() {
        String id = placed("PAID");

        assertProblem(send("POST", "/orders/" + id + "/cancellation", tokens.buyer("mallory"), ""), 404, "not-found");
        assertProblem(cancel("0198c0de-7f00-7abc-8def-00000000dead", ""), 404, "not-found");
        assertProblem(cancel("x", ""), 404, "not-found");
        assertThat(database.statusOf(id)).isEqualTo("PAID");

        assertThat(send("POST", "/orders/" + id + "/cancellation", tokens.authorizationFor("/orders"), "")
                        .status())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"reason\":7}", "{\"why\":\"x\"}", "[]", "{", "{\"reason\":\"a\\u0000b\"}", "too long"})
    void whatIsNoReasonIsAProblemAndCancelsNothing(String body) {
        String id = placed("PAID");

        Reply refused = cancel(id, body.equals("too long") ? "{\"reason\":\"" + "x".repeat(201) + "\"}" : body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().get("code").asString()).isIn("invalid-request", "malformed-json");
        assertThat(database.statusOf(id)).isEqualTo("PAID");
    }

    // stock-svc and payment-svc

    private void answer(ConsumerRecord<String, String> command, int times) {
        String outcome = command.topic().equals(REFUND) ? "REFUNDED" : "RELEASED";
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(KAFKA.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < times; i++) {
                ProducerRecord<String, String> result = new ProducerRecord<>(
                        command.topic() + ".results",
                        command.key(),
                        "{\"orderId\":\"%s\",\"outcome\":\"%s\",\"at\":\"2026-03-01T10:00:00.123Z\"}"
                                .formatted(command.key(), outcome));
                result.headers().add(command.headers().lastHeader("holdfast-message-id"));
                producer.send(result);
            }
        }
    }

    private ConsumerRecord<String, String> first(String topic, String order) {
        return KAFKA.first(topic, message -> message.key().equals(order), 1).get(0);
    }

    private List<ConsumerRecord<String, String>> read(String topic, String order, int atLeast) {
        return KAFKA.read(topic, message -> message.key().equals(order), atLeast);
    }

    // The service

    private String statusOfMessage(String order, String what) {
        return database.jdbc()
                .queryForObject("select status from local_message where id = ?", String.class, order + ":" + what);
    }

    private List<String> messagesOf(String order) {
        return database.jdbc()
                .queryForList(
                        "select substring_index(id, ':', -1) from local_message where message_key = ? order by 1",
                        String.class,
                        order);
    }

    /** @return the id of a new order of alice's that is in this status */
    private String placed(String status) {
        String key = "cancelling-" + NUMBERS.incrementAndGet();
        send(
                "POST",
                "/orders",
                tokens.buyer("alice"),
                """
                {"items":[{"sku":"sku-%d","quantity":1,"unitPrice":{"minor":1999,"currency":"CNY"}}],
                 "payment":{"method":"WALLET"}}""".formatted(NUMBERS.incrementAndGet()),
                "Idempotency-Key",
                key);
        String id = database.jdbc()
                .queryForObject("select order_id from orders where idempotency_key = ?", String.class, key);
        assertThat(database.statusOf(id)).isEqualTo(status);
        return id;
    }

    private Reply cancel(String id, String body) {
        return send("POST", "/orders/" + id + "/cancellation", tokens.buyer("alice"), body);
    }

    private Reply send(String method, String path, String authorization, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", authorization)
                .header("X-Reason", "a test")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    response.headers().firstValue("Retry-After").orElse(""),
                    JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void assertProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as("%s", reply).isEqualTo(status);
        assertThat(reply.body().get("code").asString()).isEqualTo(code);
    }

    private record Reply(int status, String retryAfter, JsonNode body) {}
}

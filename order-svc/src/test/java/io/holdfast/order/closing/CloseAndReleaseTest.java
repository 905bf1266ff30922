package io.holdfast.order.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OverKafka;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.ClosingOrders;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.PlacedOrders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Orders whose payment was given up, and what others are told of orders, over a real Kafka. stock-svc is the test. The service is
 * started while there is no broker.
 */
class CloseAndReleaseTest extends OverKafka {

    private static final String RELEASE = "holdfast.stock.release";
    private static final String RESULTS = "holdfast.stock.release.results";
    private static final String EVENTS = "holdfast.order.events";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final OrderRepository repository;
    private final PlacedOrders placedOrders;
    private final ClosingOrders closingOrders;
    private final TestTokens tokens;

    CloseAndReleaseTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired OrderRepository repository,
            @Autowired PlacedOrders placedOrders,
            @Autowired ClosingOrders closingOrders,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.repository = repository;
        this.placedOrders = placedOrders;
        this.closingOrders = closingOrders;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void anOrderWhosePaymentWasGivenUpIsClosingUntilItsGoodsAreReleasedAndThenClosed() throws Exception {
        giveUp("The card was declined for good.");

        JsonNode placed = post();

        assertThat(placed.get("status").asString()).isEqualTo("CLOSING");
        String id = placed.get("orderId").asString();
        assertThat(placed.at("/closing/code").asString()).isEqualTo("payment-given-up");
        assertThat(placed.at("/closing/detail").asString()).isEqualTo("The card was declined for good.");
        ConsumerRecord<String, String> release = first(RELEASE, id);
        assertThat(JSON.readTree(release.value()).get("orderId").asString()).isEqualTo(id);
        assertThat(statusOfMessage(id)).isIn("NEW", "SENT");

        answer(release, 2);

        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
        assertThat(statusOfMessage(id)).isEqualTo("CONFIRMED");
        JsonNode shown = get(id);
        List<String> story = new ArrayList<>();
        shown.get("timeline")
                .forEach(entry -> story.add(entry.get("service").asString() + " "
                        + entry.get("action").asString() + " "
                        + entry.get("outcome").asString()));
        assertThat(story)
                .containsSubsequence("order-svc order RECEIVED", "order-svc order CLOSING")
                .contains("stock-svc stock.release RELEASED", "order-svc order CLOSED")
                .doesNotContain("order-svc order PAID");
        assertThat(eventsOf(id, 2)).containsExactly("placed", "closed");
    }

    @Test
    void aPaymentThatIsGivenUpWhileItsOrderIsConfirmingClosesItAndAKillInBetweenDoesNoHarm() throws Exception {
        downstream.outcomes("OPEN");
        JsonNode placed = post();
        assertThat(placed.get("status").asString()).isEqualTo("CONFIRMING");
        String id = placed.get("orderId").asString();
        String xid = placed.get("xid").asString();
        long branch = database.jdbc().queryForObject("select branch_id from orders where order_id = ?", Long.class, id);
        giveUp("Too late.");

        // The first half of an attempt that was killed before its Confirm.
        closingOrders.startClosing(xid, branch, Map.of(new OrderId(id), "Too late."));
        await().atMost(LIMIT).until(() -> {
            coordinator.confirm(xid);
            return fenceStatus(xid) == 2;
        });

        ConsumerRecord<String, String> release = first(RELEASE, id);
        answer(release, 1);
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
        assertThat(messagesOf(id)).containsExactly("closed", "placed", "release-stock");
    }

    @Test
    void aResultThatIsLostIsAskedForAgain() throws Exception {
        giveUp("No.");
        String id = post().get("orderId").asString();

        // The first one is heard by nobody; the message comes again.
        ConsumerRecord<String, String> again = read(RELEASE, id, 2).get(1);
        assertThat(database.statusOf(id)).isEqualTo("CLOSING");
        answer(again, 1);

        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
    }

    @Test
    void whileKafkaIsAwayOrdersGoOnAndAreToldOfAfterwards() throws Exception {
        KAFKA.kill();
        List<String> paid = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            JsonNode placed = post();
            assertThat(placed.get("status").asString()).isEqualTo("PAID");
            paid.add(placed.get("orderId").asString());
        }
        giveUp("Meanwhile.");
        JsonNode closing = post();
        assertThat(closing.get("status").asString()).isEqualTo("CLOSING");

        KAFKA.start();

        // One that was on its way when Kafka was killed may come twice.
        await().atMost(LIMIT).untilAsserted(() -> {
            Map<String, Set<String>> told = eventsOf(paid);
            assertThat(told).containsOnlyKeys(paid);
            assertThat(told.values())
                    .allSatisfy(events -> assertThat(events).containsExactlyInAnyOrder("placed", "paid"));
        });
        String id = closing.get("orderId").asString();
        answer(first(RELEASE, id), 1);
        await().atMost(LIMIT).until(() -> database.statusOf(id).equals("CLOSED"));
    }

    @Test
    void anOrderThatIsRefusedIsToldOfOnceWithItsReason() throws Exception {
        downstream.on(
                StandInDownstreamServices.RESERVE, call -> Answer.refusal(409, "out-of-stock", "", call.orderIds()));
        String id = post().get("orderId").asString();

        List<ConsumerRecord<String, String>> events = read(EVENTS, id, 1);

        assertThat(events).hasSize(1);
        JsonNode event = JSON.readTree(events.get(0).value());
        assertThat(event.get("event").asString()).isEqualTo("rejected");
        assertThat(event.at("/reason/code").asString()).isEqualTo("out-of-stock");
        assertThat(event.get("buyerId").asString()).isEqualTo("alice");
        assertThat(event.at("/total/minor").asLong()).isEqualTo(1999);
    }

    @Test
    void ofManyOrdersOfOneBranchEachStepWritesItsEventsInOneStatement() throws Exception {
        String xid = StandInCoordinator.newXid();
        List<OrderId> ids = new ArrayList<>();
        // Placed one by one here, then given to one branch: what is counted is what the branch does.
        coordinator.onCommit(any -> GlobalTxOutcome.UNKNOWN);
        for (int i = 0; i < 5; i++) {
            post("in-one-branch");
        }
        database.jdbc()
                .queryForList(
                        "select order_id from orders where buyer_id = 'alice' and status = 'PLACED'"
                                + " and idempotency_key like 'in-one-branch%'",
                        String.class)
                .forEach(id -> ids.add(new OrderId(id)));
        assertThat(ids).hasSize(5);
        database.jdbc()
                .update("update orders set xid = ?, branch_id = 77 where idempotency_key like 'in-one-branch%'", xid);
        long before = statements("Com_insert");

        placedOrders.complete(xid, 77);

        assertThat(statements("Com_insert") - before).isLessThanOrEqualTo(1);
        assertThat(repository.find(ids)).extracting(order -> order.status()).containsOnly(OrderStatus.PAID);
        for (OrderId id : ids) {
            assertThat(eventsOf(id.value(), 2)).containsExactly("placed", "paid");
        }
    }

    private long statements(String kind) {
        return database.jdbc().queryForObject("show global status like '" + kind + "'", (row, n) -> row.getLong(2));
    }

    private void giveUp(String reason) {
        downstream.on(StandInDownstreamServices.OUTCOMES, call -> {
            List<Map<String, String>> outcomes = new ArrayList<>();
            call.body()
                    .get("orderIds")
                    .forEach(id ->
                            outcomes.add(Map.of("orderId", id.asString(), "outcome", "GIVEN_UP", "reason", reason)));
            return Answer.ok(JSON.writeValueAsString(Map.of("outcomes", outcomes)));
        });
    }

    /** What stock-svc would answer. */
    private void answer(ConsumerRecord<String, String> release, int times) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(KAFKA.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < times; i++) {
                ProducerRecord<String, String> result = new ProducerRecord<>(
                        RESULTS,
                        release.key(),
                        "{\"orderId\":\"%s\",\"outcome\":\"RELEASED\",\"at\":\"2026-03-01T10:00:00.123Z\"}"
                                .formatted(release.key()));
                result.headers().add(release.headers().lastHeader("holdfast-message-id"));
                producer.send(result);
            }
        }
    }

    private List<String> eventsOf(String id, int count) {
        return read(EVENTS, id, count).stream()
                .map(event -> JSON.readTree(event.value()).get("event").asString())
                .toList();
    }

    /** Of many orders at once. */
    private static Map<String, Set<String>> eventsOf(List<String> ids) {
        return KAFKA.read(EVENTS, message -> ids.contains(message.key()), 2 * ids.size()).stream()
                .flatMap(message -> named(message.key(), List.of(message)).stream())
                .collect(Collectors.groupingBy(
                        ConsumerRecord::key,
                        Collectors.mapping(
                                event -> JSON.readTree(event.value())
                                        .get("event")
                                        .asString(),
                                Collectors.toSet())));
    }

    private ConsumerRecord<String, String> first(String topic, String order) {
        return named(order, KAFKA.first(topic, message -> message.key().equals(order), 1))
                .get(0);
    }

    private List<ConsumerRecord<String, String>> read(String topic, String order, int atLeast) {
        return named(order, KAFKA.read(topic, message -> message.key().equals(order), atLeast));
    }

    private static List<ConsumerRecord<String, String>> named(
            String order, List<ConsumerRecord<String, String>> found) {
        assertThat(found).allSatisfy(message -> assertThat(new String(
                        message.headers().lastHeader("holdfast-message-id").value(), StandardCharsets.US_ASCII))
                .startsWith(order + ":"));
        return found;
    }

    private String statusOfMessage(String order) {
        return database.jdbc()
                .queryForObject(
                        "select status from local_message where id = ?", String.class, order + ":release-stock");
    }

    private List<String> messagesOf(String order) {
        return database.jdbc()
                .queryForList(
                        "select substring_index(id, ':', -1) from local_message where message_key = ? order by 1",
                        String.class,
                        order);
    }

    private int fenceStatus(String xid) {
        return database.jdbc().queryForObject("select status from tcc_fence_log where xid = ?", Integer.class, xid);
    }

    private JsonNode post() throws IOException, InterruptedException {
        return post("closing");
    }

    private JsonNode post(String key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/orders"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key + "-" + NUMBERS.incrementAndGet())
                .header("Authorization", tokens.buyer("alice"))
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"buyerId":"alice","items":[{"sku":"sku-%d","quantity":1,"unitPrice":{"minor":1999,"currency":"CNY"}}],
                         "payment":{"method":"WALLET"}}""".formatted(NUMBERS.incrementAndGet())))
                .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private JsonNode get(String id) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/orders/" + id))
                .header("Authorization", tokens.buyer("alice"))
                .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }
}

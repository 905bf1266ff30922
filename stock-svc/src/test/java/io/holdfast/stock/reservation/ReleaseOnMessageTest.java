package io.holdfast.stock.reservation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.stock.Branches;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.OnRealDatabase;
import io.holdfast.stock.StockTables;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DuplicateKeyException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The way back of goods whose order is closed, over a real Kafka. The service is started before the broker: it waits for it. */
@OnRealDatabase
class ReleaseOnMessageTest {

    private static final String TOPIC = "holdfast.stock.release";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Branches.Factory branches;
    private final StockTables tables;
    private final KafkaProcess kafka;
    private final MeterRegistry meters;
    private final String tea = "tea-released-" + NUMBERS.incrementAndGet();
    private final String cup = "cup-released-" + NUMBERS.incrementAndGet();

    ReleaseOnMessageTest(
            @Autowired Branches.Factory branches,
            @Autowired StockTables tables,
            @Autowired KafkaProcess kafka,
            @Autowired MeterRegistry meters) {
        this.meters = meters;
        this.branches = branches;
        this.tables = tables;
        this.kafka = kafka;
        tables.put(tea, 10);
        tables.put(cup, 5);
    }

    @AfterAll
    static void stopKafka(@Autowired KafkaProcess kafka) {
        kafka.close();
    }

    @AfterEach
    void nothingIsLost() {
        tables.assertNothingIsLost();
    }

    @Test
    void whatIsReservedIsReleasedAndTheConfirmThatComesLaterSellsNothing() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 3, cup, 1));
        branch.reserve(order);

        List<JsonNode> results = deliver("m-1-" + idOf(order), idOf(order), 1);

        assertThat(results.get(0).get("outcome").asString()).isEqualTo("RELEASED");
        assertThat(results.get(0).get("orderId").asString()).isEqualTo(idOf(order));
        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.level(cup)).containsExactly("5/0/0");

        assertThat(branch.sell()).isTrue();

        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.reservations(idOf(order))).containsExactly(cup + " 1 RELEASED", tea + " 3 RELEASED");
        assertThat(tables.fenceRows(branch.xid())).containsExactly(2);
    }

    @Test
    void whatIsSoldIsAvailableAgain() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 3));
        branch.reserve(order);
        branch.sell();
        assertThat(tables.level(tea)).containsExactly("7/0/3");

        deliver("m-2-" + idOf(order), idOf(order), 1);

        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.reservations(idOf(order))).containsExactly(tea + " 3 RELEASED");
    }

    @Test
    void aMessageThatComesThreeTimesReleasesOnceAndIsAnsweredTheSameEachTime() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 4));
        branch.reserve(order, order(Map.of(tea, 2)));
        branch.sell();

        List<JsonNode> results = deliver("m-3-" + idOf(order), idOf(order), 3);

        assertThat(tables.level(tea)).containsExactly("8/0/2");
        assertThat(results).hasSize(3);
        assertThat(results.get(1)).isEqualTo(results.get(0));
        assertThat(results.get(2)).isEqualTo(results.get(0));
    }

    @Test
    void ofABatchOneOrderIsReleasedAndTheOthersAreSold() {
        Branch branch = branches.newBranch();
        OrderLines closed = order(Map.of(tea, 3, cup, 1));
        OrderLines paid = order(Map.of(tea, 2));
        branch.reserve(closed, paid);

        deliver("m-4-" + idOf(closed), idOf(closed), 1);
        assertThat(branch.sell()).isTrue();
        assertThat(branch.sell()).isTrue();

        assertThat(tables.level(tea)).containsExactly("8/0/2");
        assertThat(tables.level(cup)).containsExactly("5/0/0");
        assertThat(tables.reservations(idOf(paid))).containsExactly(tea + " 2 SOLD");
    }

    @Test
    void anOrderThatWasClosedCannotReserveAgain() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 3));
        branch.reserve(order);
        deliver("m-5-" + idOf(order), idOf(order), 1);

        assertThatThrownBy(() -> branches.newBranch().reserve(order)).isInstanceOf(DuplicateKeyException.class);

        assertThat(tables.level(tea)).containsExactly("10/0/0");
    }

    @Test
    void anOrderThatHoldsNothingIsAnsweredAllTheSameAndAMessageThatMakesNoSenseStopsNoOther() {
        deliver("nonsense-" + tea, "{", 0, "key");

        List<JsonNode> results = deliver("m-6-" + tea, "0198c0de-7f00-7abc-8def-00000000dead", 1);

        assertThat(results.get(0).get("outcome").asString()).isEqualTo("NOTHING_HELD");
    }

    @Test
    void onlyOrderSvcHasGoodsReleasedAndOnlyByARequestThatWasWrittenForThat() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 3));
        branch.reserve(order);
        double refused = refused();

        send("forged-" + tea, order, "command", TOPIC, "payment-svc");
        send("copied-" + tea, order, "command", "holdfast.payment.refund", "order-svc");
        send("an-event-" + tea, order, "result", TOPIC, "order-svc");
        await().atMost(LIMIT).until(() -> refused() == refused + 3);
        deliver("of-another-" + tea, "{\"orderId\":\"%s\"}".formatted(idOf(order)), 0, "the key of another order");

        assertThat(tables.level(tea)).containsExactly("7/3/0");
        send("asked-" + tea, order, "command", TOPIC, "order-svc");
        assertThat(results("asked-" + tea, 1).get(0).get("outcome").asString()).isEqualTo("RELEASED");
        assertThat(tables.level(tea)).containsExactly("10/0/0");
    }

    private double refused() {
        return meters.find("holdfast.messages.consumed").tags("topic", TOPIC, "result", "refused").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** With what it says of itself. */
    private void send(String id, OrderLines order, String type, String writtenFor, String sender) {
        kafka.start();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientConfig(), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> message = new ProducerRecord<>(
                    TOPIC, idOf(order), "{\"orderId\":\"%s\",\"reason\":\"cancelled\"}".formatted(idOf(order)));
            Map.of("id", id, "type", type, "topic", writtenFor, "sender", sender)
                    .forEach((name, value) -> message.headers()
                            .add("holdfast-message-" + name, value.getBytes(StandardCharsets.US_ASCII)));
            producer.send(message);
        }
    }

    private List<JsonNode> deliver(String id, String orderId, int times) {
        return deliver(
                id,
                "{\"orderId\":\"%s\",\"xid\":\"x\",\"reason\":\"payment-given-up\"}".formatted(orderId),
                times,
                orderId);
    }

    /** Sends a message, once at least, and returns the results that it has got. */
    private List<JsonNode> deliver(String id, String payload, int times, String key) {
        kafka.start();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < Math.max(times, 1); i++) {
                ProducerRecord<String, String> message = new ProducerRecord<>(TOPIC, key, payload);
                message.headers().add("holdfast-message-id", id.getBytes(StandardCharsets.US_ASCII));
                producer.send(message);
            }
        }
        return times == 0 ? List.of() : results(id, times);
    }

    private List<JsonNode> results(String id, int times) {
        return kafka.first(TOPIC + ".results", result -> id.equals(messageIdOf(result)), times).stream()
                .map(result -> JSON.readTree(result.value()))
                .toList();
    }

    private static String messageIdOf(ConsumerRecord<String, String> result) {
        return new String(result.headers().lastHeader("holdfast-message-id").value(), StandardCharsets.US_ASCII);
    }

    private static OrderLines order(Map<String, Integer> lines) {
        TreeMap<Sku, Quantity> bySku = new TreeMap<>();
        lines.forEach((sku, quantity) -> bySku.put(new Sku(sku), new Quantity(quantity)));
        return OrderLines.of(new OrderId("0198c0de-7f00-7abc-8def-%012d".formatted(NUMBERS.incrementAndGet())), bySku);
    }

    private static String idOf(OrderLines order) {
        return order.order().value();
    }
}

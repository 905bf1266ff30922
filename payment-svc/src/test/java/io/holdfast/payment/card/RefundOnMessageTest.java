package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.payment.StandInCoordinator.Coordinator.Branch;
import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.tcc.GiveUpReason;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The way back of money whose order was cancelled after it was paid, over a real Kafka. The service is started before the
 * broker: it waits for it.
 */
class RefundOnMessageTest extends OnCards {

    private static final String TOPIC = "holdfast.payment.refund";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String buyer = "refunded-" + NUMBERS.incrementAndGet();
    private final TransactionTemplate transaction;

    private final MeterRegistry meters;
    private final KafkaProcess kafka;

    RefundOnMessageTest(
            @Autowired ApplicationContext service,
            @Autowired PlatformTransactionManager transactionManager,
            @Autowired MeterRegistry meters,
            @Autowired KafkaProcess kafka) {
        super(service);
        this.meters = meters;
        this.kafka = kafka;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    @AfterAll
    static void stopKafka(@Autowired KafkaProcess kafka) {
        kafka.close();
    }

    @BeforeEach
    void theBuyerHasMoneyAndTheBrokerRuns() {
        kafka.start();
        jdbc.update("""
                insert into account (buyer_id, currency, deposited, balance, frozen, spent) values (?, 'CNY', 5000, 5000, 0, 0)
                """, buyer);
    }

    @Test
    void aCapturedWalletPaymentGoesBackToTheBalanceOnceHoweverOftenTheMessageComes() {
        String other = order + "-other";
        Branch branch = wallet(order, other);
        branch.capture();
        assertThat(money()).isEqualTo("balance 1002 frozen 0 spent 3998");

        List<JsonNode> results = deliver(order, 3);

        assertThat(money()).isEqualTo("balance 3001 frozen 0 spent 1999");
        assertThat(payment()).isEqualTo("REFUNDED");
        assertThat(jdbc.queryForObject("select status from payment where order_id = ?", String.class, other))
                .as("the other order of the branch")
                .isEqualTo("CAPTURED");
        assertThat(results.get(0).get("outcome").asString()).isEqualTo("REFUNDED");
        assertThat(results.get(0).get("orderId").asString()).isEqualTo(order);
        assertThat(results).containsOnly(results.get(0));
        // Also under another message id: the payment itself knows.
        assertThat(deliver("another-id-" + order, order, 1).get(0)).isEqualTo(results.get(0));
        assertThat(money()).isEqualTo("balance 3001 frozen 0 spent 1999");

        // It was captured, and its Confirm stays what it was.
        assertThat(branch.capture()).isTrue();
        post(
                        "/internal/payments/outcomes",
                        branch.xid,
                        "{\"xid\":\"%s\",\"orderIds\":[\"%s\"]}".formatted(branch.xid, order))
                .expectBody()
                .jsonPath("$.outcomes[0].outcome")
                .isEqualTo("CAPTURED");
        get("/payments?orderId=" + order)
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"status\":\"REFUNDED\",\"method\":\"WALLET\",\"reason\":null}")
                .jsonPath("$.refundedAt")
                .isEqualTo(results.get(0).get("at").asString());
    }

    @Test
    void aCapturedCardPaymentIsRefundedAtTheGatewayOnceAndOwedUntilThen() {
        CardBranch branch = authorized();
        branch.capture();
        paymentBecomes("CAPTURED");

        List<JsonNode> results = deliver(order, 2);

        assertThat(results).containsOnly(results.get(0));
        assertThat(results.get(0).get("outcome").asString()).isEqualTo("REFUNDED");
        assertThat(payment()).isEqualTo("REFUNDED");
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");

        voidOrRefundEndsAs("REFUNDED");
        assertThat(charge()).isEqualTo("REFUNDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
        assertThat(branch.capture()).isTrue();
        outcomeIs("CAPTURED", "");
    }

    @ParameterizedTest
    @EnumSource
    void aGatewayThatMisbehavesAtTheRefundRefundsOnce(Trouble trouble) {
        CardBranch branch = authorized();
        branch.capture();
        paymentBecomes("CAPTURED");
        deliver(order, 1);
        gateway.next("refund", trouble);

        voidOrRefundEndsAs("REFUNDED");

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
        assertThat(charge()).isEqualTo("REFUNDED");
    }

    @Test
    void aPaymentThatWasReleasedOrGivenUpHasNothingToGiveBack() {
        Branch released = wallet(order);
        released.release();

        assertThat(deliver(order, 1).get(0).get("outcome").asString()).isEqualTo("NOTHING_TAKEN");
        assertThat(payment()).isEqualTo("RELEASED");
        assertThat(money()).isEqualTo("balance 5000 frozen 0 spent 0");
    }

    @Test
    void aPaymentThatWasGivenUpHasNothingToGiveBackEither() {
        CardBranch branch = authorized();
        transaction.executeWithoutResult(status ->
                branch.steps().giveUp(branch.context(), new GiveUpReason(GiveUpReason.Cause.DEADLINE, "no answer")));

        assertThat(deliver(order, 1).get(0).get("outcome").asString()).isEqualTo("NOTHING_TAKEN");
        assertThat(payment()).isEqualTo("GIVEN_UP");
        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void aPaymentThatIsStillOpenIsRefundedWhenTheMessageComesAgainAfterItsConfirm() {
        Branch branch = wallet(order);
        double dropped = dropped();
        send(order + ":refund", order);
        await("the message was passed over").atMost(LIMIT).until(() -> dropped() > dropped);
        assertThat(payment()).isEqualTo("OPEN");

        branch.capture();
        assertThat(deliver(order + ":refund", order, 1).get(0).get("outcome").asString())
                .isEqualTo("REFUNDED");

        assertThat(money()).isEqualTo("balance 5000 frozen 0 spent 0");
    }

    @Test
    void anOrderThatNobodyKnowsIsNotAnsweredAndStopsNoOtherMessage() {
        double dropped = dropped();
        send("unknown-" + order, "no-such-order");
        await("the message was passed over").atMost(LIMIT).until(() -> dropped() > dropped);
        wallet(order).capture();

        assertThat(deliver(order, 1).get(0).get("outcome").asString()).isEqualTo("REFUNDED");

        assertThat(jdbc.queryForList("select 1 from processed_message where message_id = ?", "unknown-" + order))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "command holdfast.payment.refund stock-svc cancelled",
                "command holdfast.stock.release order-svc cancelled",
                "event holdfast.payment.refund order-svc-too cancelled",
                "result holdfast.payment.refund order-svc cancelled",
                "command holdfast.payment.refund order-svc payment-given-up"
            })
    void onlyOrderSvcHasMoneyGivenBackAndOnlyForACancelledOrder(String whatItSays) {
        String[] says = whatItSays.split(" ");
        wallet(order).capture();
        double before = dropped() + refused();

        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientConfig(), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> message = new ProducerRecord<>(
                    TOPIC, order, "{\"orderId\":\"%s\",\"reason\":\"%s\"}".formatted(order, says[3]));
            Map.of("id", "forged-" + order, "type", says[0], "topic", says[1], "sender", says[2])
                    .forEach((name, value) -> message.headers()
                            .add("holdfast-message-" + name, value.getBytes(StandardCharsets.US_ASCII)));
            producer.send(message);
        }
        await("it was refused").atMost(LIMIT).until(() -> dropped() + refused() == before + 1);

        assertThat(payment()).isEqualTo("CAPTURED");
        assertThat(money()).isEqualTo("balance 3001 frozen 0 spent 1999");
        assertThat(deliver(order, 1).get(0).get("outcome").asString()).isEqualTo("REFUNDED");
    }

    @Test
    void anOrderThatWasRefundedIsNeverPaidAnew() {
        wallet(order).capture();
        deliver(order, 1);

        post("/internal/payments", """
                {"orders":[{"orderId":"%s","buyerId":"%s","amount":{"minor":1999,"currency":"CNY"}}]}""".formatted(order, buyer)).expectStatus().isEqualTo(409);
        assertThat(money()).isEqualTo("balance 5000 frozen 0 spent 0");
    }

    @Test
    void theSchemaItselfKnowsWhatARefundIs() {
        wallet(order).capture();

        for (String nonsense : List.of("status = 'REFUNDED'", "refunded_at = created_at", "status = 'BACK'")) {
            assertThatThrownBy(() -> jdbc.update("update payment set " + nonsense + " where order_id = ?", order))
                    .as(nonsense)
                    .isInstanceOf(DataAccessException.class);
        }
    }

    private Branch wallet(String... orders) {
        Branch branch = coordinator.newBranch();
        List<PaymentRequest> requests = new ArrayList<>();
        for (String one : orders) {
            requests.add(new PaymentRequest(new OrderId(one), new BuyerId(buyer), new Money(1999, "CNY")));
        }
        branch.open(requests);
        return branch;
    }

    private String money() {
        return jdbc.queryForObject(
                "select concat('balance ', balance, ' frozen ', frozen, ' spent ', spent) from account where buyer_id = ?",
                String.class,
                buyer);
    }

    private double dropped() {
        return consumed("dropped");
    }

    private double refused() {
        return consumed("refused");
    }

    private double consumed(String result) {
        return meters.find("holdfast.messages.consumed").tags("topic", TOPIC, "result", result).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private void send(String id, String orderId) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientConfig(), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> message = new ProducerRecord<>(
                    TOPIC, orderId, "{\"orderId\":\"%s\",\"xid\":\"x\",\"reason\":\"cancelled\"}".formatted(orderId));
            message.headers().add("holdfast-message-id", id.getBytes(StandardCharsets.US_ASCII));
            producer.send(message);
        }
    }

    private List<JsonNode> deliver(String orderId, int times) {
        return deliver(orderId + ":refund-payment", orderId, times);
    }

    /** Sends a message so many times and returns the results that it has got. */
    private List<JsonNode> deliver(String id, String orderId, int times) {
        for (int i = 0; i < times; i++) {
            send(id, orderId);
        }
        return kafka.first(TOPIC + ".results", result -> id.equals(idOf(result)), times).stream()
                .map(result -> JSON.readTree(result.value()))
                .toList();
    }

    private static String idOf(ConsumerRecord<String, String> result) {
        return new String(result.headers().lastHeader("holdfast-message-id").value(), StandardCharsets.US_ASCII);
    }
}

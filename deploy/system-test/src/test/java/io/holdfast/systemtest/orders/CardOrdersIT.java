package io.holdfast.systemtest.orders;

import static io.holdfast.systemtest.platform.Gateway.always;
import static io.holdfast.systemtest.platform.Gateway.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.CardPolicy;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Gateway;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Orders paid by card, at a gateway that misbehaves as it is told. Its own ledger says what was charged. */
@OnThePlatform
@Order(26)
class CardOrdersIT {

    private static final int RECEIVED = 100;

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final Gateway gateway;
    private final String sku;
    private final String buyer;
    private CardPolicy policy;

    CardOrdersIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.gateway = new Gateway(platform);
        this.sku = platform.goods(RECEIVED);
        this.buyer = platform.buyer(0);
    }

    @BeforeEach
    void readTheSettings() {
        policy = new CardPolicy(platform);
    }

    @AfterEach
    void theGatewayBehavesAndTheSettingsAreAsTheyWere() {
        platform.heal();
        gateway.heal();
        policy.resume();
        policy.restore();
        gateway.awaitCalls();
    }

    @Test
    void anOrderIsPaidByCardAndChargedOnce() {
        Answer paid = order("tok_ok");

        assertThat(paid.status()).as("%s", paid).isEqualTo(201);
        // PAID as a rule; CONFIRMING if the capture takes longer than the coordinator is kept waiting.
        awaitStatus(paid.orderId(), "PAID");
        assertThat(gateway.effects(paid.orderId())).containsExactly("AUTHORIZED", "CAPTURED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - 1, 0, 1));
        assertThat(paid.text() + platform.getOrder(paid.orderId()).text()).doesNotContain("tok_ok");
    }

    @Test
    void aDeclinedCardIsToldAndHoldsNothing() {
        Answer declined = order("tok_declined");

        assertThat(declined.status()).as("%s", declined).isEqualTo(402);
        assertThat(declined.code()).isEqualTo("payment-declined");
        databases.awaitRestAndBalance();
        assertThat(databases.orderStatus(declined.orderId())).isEqualTo("REJECTED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
        assertThat(gateway.effects(declined.orderId())).doesNotContain("AUTHORIZED", "CAPTURED");
    }

    @Test
    void aCaptureThatTakesEffectAndTimesOutIsFoundOutAndChargedOnce() {
        gateway.behave(times("CAPTURE", "EFFECT_THEN_TIMEOUT", 1).delayed(Duration.ofSeconds(5)));
        Answer answer = order("tok_ok");
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);

        awaitStatus(answer.orderId(), "PAID");
        assertThat(gateway.applied()).containsExactly(1);
        assertThat(gateway.effects(answer.orderId())).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void aGatewayThatTimesOutSomeTimesIsAskedAgainAndChargesOnce() {
        policy.change("initial-delay: 300ms", "max-delay: 1s");
        policy.awaitInForce("maxDelay", "PT1S");
        // The capture, and the question what became of it; others may ask the gateway too, so only captures are
        // counted.
        gateway.behave(
                times("CAPTURE", "EFFECT_THEN_TIMEOUT", 3).delayed(Duration.ofSeconds(10)),
                always("QUERY", "EFFECT_THEN_TIMEOUT").delayed(Duration.ofSeconds(10)));
        Answer answer = order("tok_ok");
        assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");

        await("three captures have timed out")
                .atMost(Duration.ofSeconds(60))
                .until(() -> gateway.applied().get(0) == 3);
        assertThat(gateway.applied()).allMatch(times -> times > 0);
        gateway.heal();
        awaitStatus(answer.orderId(), "PAID");
        assertThat(gateway.effects(answer.orderId())).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void theGapsBetweenTheAttemptsGrowToTheCapAndAreNeverLonger() {
        policy.change("initial-delay: 400ms", "max-delay: 2s");
        policy.awaitInForce("maxDelay", "PT2S");
        // Each gap is drawn at random below its bound: what one order shows by chance, twenty show for certain.
        List<String> orders = ordersWhoseCapturesFail(20);
        Attempts attempts = new Attempts(databases, orders);
        attempts.watchUntil(6);
        gateway.heal();

        Map<Long, Long> bounds = Map.of(1L, 400L, 2L, 800L, 3L, 1_600L, 4L, 2_000L, 5L, 2_000L);
        bounds.forEach((attempt, bound) -> {
            assertThat(attempts.delaysAfter(attempt))
                    .as("delays after attempt %d, as they were set", attempt)
                    .isNotEmpty()
                    .allMatch(delay -> delay <= bound);
            assertThat(attempts.gapsAfter(attempt))
                    .as("gaps after attempt %d, with what an attempt itself takes on a busy machine", attempt)
                    .isNotEmpty()
                    .allMatch(gap -> gap <= bound + 3_000);
        });
        for (long attempt = 2; attempt <= 3; attempt++) {
            long boundBefore = bounds.get(attempt - 1);
            assertThat(attempts.delaysAfter(attempt))
                    .as("the bound after attempt %d is beyond the one before", attempt)
                    .anyMatch(delay -> delay > boundBefore);
        }
        for (String order : orders) {
            awaitStatus(order, "PAID");
            assertThat(gateway.effects(order)).containsExactly("AUTHORIZED", "CAPTURED");
        }
    }

    @Test
    void aPolicyThatIsChangedIsObeyedByTheNextAttempt() {
        policy.change("initial-delay: 1s", "max-delay: 4s");
        policy.awaitInForce("maxDelay", "PT4S");
        List<String> orders = ordersWhoseCapturesFail(5);
        Attempts before = new Attempts(databases, orders);
        before.watchUntil(3);
        assertThat(before.delaysAfter(2)).as("delays of the old policy").anyMatch(delay -> delay > 300);

        policy.change("initial-delay: 100ms", "max-delay: 300ms");
        policy.awaitInForce("maxDelay", "PT0.3S");
        Map<String, Long> then = new Attempts(databases, orders).numbers();
        Attempts after = new Attempts(databases, orders);
        after.watchUntil(then.values().stream().mapToLong(Long::longValue).max().orElseThrow() + 4);
        for (String order : orders) {
            // The one that was counted at that moment may have ended just before.
            assertThat(after.delaysOf(order, then.get(order) + 1))
                    .as("delays of %s by the new policy", order)
                    .isNotEmpty()
                    .allMatch(delay -> delay <= 300);
        }
        // While delays are short: by the settings as they were, the last one may wait a minute.
        gateway.heal();
        orders.forEach(order -> awaitStatus(order, "PAID"));
    }

    @Test
    void aRefusedCaptureClosesTheOrderReleasesTheStockAndChargesNothing() {
        gateway.behave(times("CAPTURE", "DECLINE", 1));
        Answer answer = order("tok_ok");
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);

        awaitStatus(answer.orderId(), "CLOSED");
        assertThat(gateway.applied()).containsExactly(1);
        gateway.awaitEffects(answer.orderId(), "AUTHORIZED", "VOIDED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
        assertThat(platform.getOrder(answer.orderId()).text()).contains("CLOSING", "CLOSED");
    }

    @Test
    void aGatewayThatIsGonePastTheDeadlineCostsNoStockAndVoidsOnceWhenItIsBack() {
        policy.change("initial-delay: 200ms", "max-delay: 500ms", "deadline: 4s");
        policy.awaitInForce("deadline", "PT4S");
        gateway.behave(always("CAPTURE", "UNREACHABLE"));
        Answer answer = order("tok_ok");
        assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");
        platform.kill(stack.gateway());

        // The deadline, and the five seconds that it may take from there; the gateway is still gone.
        await("the stock is available")
                .atMost(Duration.ofSeconds(4 + 5))
                .until(() -> databases.stock(sku).available() == RECEIVED);
        awaitStatus(answer.orderId(), "CLOSED");
        assertThat(stack.gateway().isRunning()).isFalse();

        platform.start(stack.gateway());
        gateway.awaitEffects(answer.orderId(), "AUTHORIZED", "VOIDED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
    }

    @Test
    void whatWasTakenUnseenIsRefundedOnceAfterTheOrderWasClosed() {
        policy.change("initial-delay: 200ms", "max-delay: 500ms", "deadline: 4s");
        policy.awaitInForce("deadline", "PT4S");
        gateway.behave(
                always("CAPTURE", "EFFECT_THEN_TIMEOUT").delayed(Duration.ofSeconds(10)),
                always("QUERY", "UNREACHABLE"));
        Answer answer = order("tok_ok");
        assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");

        awaitStatus(answer.orderId(), "CLOSED");
        assertThat(gateway.applied()).allMatch(times -> times > 0);
        assertThat(gateway.effects(answer.orderId())).containsExactly("AUTHORIZED", "CAPTURED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));

        gateway.heal();
        gateway.awaitEffects(answer.orderId(), "AUTHORIZED", "CAPTURED", "REFUNDED");
        await("the refund is written down")
                .atMost(Duration.ofSeconds(60))
                .until(() -> databases.text("""
                        select v.status from payment_svc.void_or_refund v
                        join payment_svc.card_charge c on c.charge_key = v.charge_key where c.order_id = ?""", answer.orderId()).equals("REFUNDED"));
        assertThat(gateway.effects(answer.orderId())).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
    }

    @Test
    void withKafkaGoneOrdersGoOnAndNoMessageIsLost() {
        platform.kill(stack.kafka());
        gateway.behave(times("CAPTURE", "DECLINE", 1));
        Answer refused = order("tok_ok");
        assertThat(refused.status()).as("%s", refused).isEqualTo(201);
        awaitStatus(refused.orderId(), "CLOSING");
        List<Answer> meanwhile = new ArrayList<>();
        await("orders, until Kafka was tried in vain and long after")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(90))
                .until(() -> {
                    meanwhile.add(order("tok_ok"));
                    return meanwhile.size() > 20 && triedInVain(refused.orderId());
                });
        // On a busy machine a capture may take longer than an answer waits for it.
        assertThat(meanwhile).hasSizeGreaterThan(10).allMatch(answer -> List.of("PAID", "CONFIRMING")
                .contains(answer.orderStatus()));
        meanwhile.forEach(answer -> awaitStatus(answer.orderId(), "PAID"));
        List<String> paid = meanwhile.stream().map(Answer::orderId).toList();
        assertThat(stack.kafka().isRunning()).isFalse();
        assertThat(databases.orderStatus(refused.orderId())).isEqualTo("CLOSING");
        assertThat(messagesOf(paid, "NEW")).as("events that wait").isEqualTo(2L * paid.size());

        platform.start(stack.kafka());
        awaitStatus(refused.orderId(), "CLOSED");
        await("all events are delivered")
                .atMost(Duration.ofSeconds(60))
                .until(() -> messagesOf(paid, "CONFIRMED") == 2L * paid.size());
        assertThat(databases.number("select count(*) from order_svc.local_message where status = 'FAILED'"))
                .isZero();
        assertThat(databases.stock(sku))
                .isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - paid.size(), 0, paid.size()));
    }

    /** All are authorized before the first capture fails: what fails often enough opens the circuit breaker for all calls. */
    private List<String> ordersWhoseCapturesFail(int count) {
        policy.pause();
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Answer answer = order("tok_ok");
            assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");
            orders.add(answer.orderId());
        }
        gateway.behave(always("CAPTURE", "UNREACHABLE"));
        policy.resume();
        return orders;
    }

    /** A message of the order that Kafka did not take. */
    private boolean triedInVain(String order) {
        return databases.number(
                        "select count(*) from order_svc.local_message where message_key = ? and status = 'NEW'"
                                + " and last_error is not null",
                        order)
                > 0;
    }

    /** PLACED and PAID of each. */
    private long messagesOf(List<String> orders, String status) {
        return orders.stream()
                .mapToLong(order -> databases.number(
                        "select count(*) from order_svc.local_message where message_key = ? and status = ?",
                        order,
                        status))
                .sum();
    }

    private Answer order(String token) {
        return platform.post(
                platform.ordersUrl(),
                Platform.newKey(),
                Platform.orderBody(Map.of("method", "CARD", "token", token), buyer, new Platform.Line(sku, 1, 10_00)));
    }

    private void awaitStatus(String order, String status) {
        await(order + " is " + status)
                .atMost(Duration.ofSeconds(60))
                .until(() -> databases.orderStatus(order).equals(status));
    }
}

package io.holdfast.systemtest.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Orders that their buyers gave up on: goods and money come back, whatever dies on the way, and once. */
@OnThePlatform
@Order(27)
class CancellationIT {

    private static final int RECEIVED = 10;
    private static final long DEPOSITED = 100_00;
    private static final long PRICE = 10_00;
    private static final Databases.Stock ALL_BACK = new Databases.Stock(RECEIVED, RECEIVED, 0, 0);
    private static final Databases.Account MONEY_BACK = new Databases.Account(DEPOSITED, DEPOSITED, 0, 0);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final DatabaseFaults faults;
    private final String sku;
    private final String buyer;

    CancellationIT(Platform platform, Stack stack, Databases databases, DatabaseFaults faults) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.faults = faults;
        this.sku = platform.goods(RECEIVED);
        this.buyer = platform.buyer(DEPOSITED);
    }

    @AfterEach
    void theGatewayBehaves() {
        platform.heal();
        assertThat(platform.call("DELETE", behaviour(), Map.of(), "").status()).isEqualTo(204);
    }

    @Test
    void aWalletOrderThatIsCancelledGivesGoodsAndMoneyBackAndTellsTheStory() {
        String order = paidByWallet();
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - 2, 0, 2));

        Answer accepted = cancelAs(buyer, order, "{\"reason\":\"Ordered twice.\"}");

        assertThat(accepted.status()).as("%s", accepted).isEqualTo(202);
        assertThat(accepted.orderStatus()).isEqualTo("CLOSING");
        awaitClosed(order);
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
        Answer again = cancelAs(buyer, order, "");
        assertThat(again.status()).as("%s", again).isEqualTo(200);
        Answer shown = platform.getOrder(order);
        assertThat(shown.body().at("/closing/code").asString()).isEqualTo("cancelled");
        List<String> story = new ArrayList<>();
        shown.body()
                .path("timeline")
                .forEach(entry -> story.add(entry.path("action").asString("") + " "
                        + entry.path("outcome").asString("")));
        assertThat(story)
                .containsSubsequence("order PAID", "order.cancellation ASKED", "order CLOSING")
                .contains("payment.refund REFUNDED", "stock.release RELEASED", "order CLOSED");
        assertThat(platform.get(stack.payment().url() + "/payments?orderId=" + order)
                        .body()
                        .path("status")
                        .asString())
                .isEqualTo("REFUNDED");
        assertThat(messagesOf(order)).isEqualTo("closed paid placed refund-payment release-stock");

        // What is back can be bought again.
        assertThat(platform.order(buyer, new Line(sku, RECEIVED, PRICE)).orderStatus())
                .isEqualTo("PAID");
    }

    @Test
    void aCardOrderThatIsCancelledIsRefundedAtTheGatewayOnceAlsoIfItsAnswerIsLost() {
        String order = byCard();
        // Its capture may take longer than its answer.
        await("it is paid").atMost(LIMIT).until(() -> databases.orderStatus(order), "PAID"::equals);
        behave("{\"operation\":\"REFUND\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":5000,\"times\":1}");

        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);

        awaitClosed(order);
        awaitEffects(order, "AUTHORIZED", "CAPTURED", "REFUNDED");
        awaitCharge(order, "REFUNDED");
        assertThat(applied()).containsExactly(1);
        assertThat(effects(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
    }

    @Test
    void anOrderThatIsCancelledWithKafkaGoneIsClosedAfterItsReturn() {
        String order = paidByWallet();
        platform.kill(stack.kafka());

        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);
        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);
        assertThat(databases.orderStatus(order)).isEqualTo("CLOSING");
        assertThat(databases.account(buyer).spent()).isEqualTo(2 * PRICE);
        assertThat(stack.kafka().isRunning()).isFalse();

        platform.start(stack.kafka());
        awaitClosed(order);
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
    }

    @Test
    void paymentSvcThatIsKilledInTheMiddleOfTheRefundRefundsOnceAfterItsRestart() {
        String order = paidByWallet();
        DatabaseFaults.Lock account = faults.holdAccount(buyer);
        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);
        account.awaitWaiting("payment-svc");

        platform.kill(stack.payment());
        account.release();
        assertThat(databases.account(buyer).spent()).as("nothing took effect").isEqualTo(2 * PRICE);
        assertThat(databases.orderStatus(order)).isEqualTo("CLOSING");

        platform.start(stack.payment());
        awaitClosed(order);
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
    }

    @Test
    void stockSvcThatIsKilledInTheMiddleOfTheReleaseReleasesOnceAfterItsRestart() {
        String order = paidByWallet();
        DatabaseFaults.Lock goods = faults.holdStock(sku);
        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);
        goods.awaitWaiting("stock-svc");

        platform.kill(stack.stock());
        goods.release();
        await("the money is back")
                .atMost(LIMIT)
                .until(() -> databases.account(buyer).equals(MONEY_BACK));
        assertThat(databases.orderStatus(order)).isEqualTo("CLOSING");
        assertThat(databases.stock(sku).sold()).as("nothing took effect").isEqualTo(2);

        platform.start(stack.stock());
        awaitClosed(order);
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
    }

    @Test
    void anOrderThatIsCancelledFromManyThreadsIsRefundedOnce() throws InterruptedException {
        String order = paidByWallet();

        List<Answer> answers = Crowd.of(16).everyone(i -> cancel(order, Map.of(), "{\"reason\":\"By " + i + "\"}"));

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 202);
        awaitClosed(order);
        assertThat(messagesOf(order)).isEqualTo("closed paid placed refund-payment release-stock");
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
        assertThat(platform.logOf(stack.order())).contains("what=\"POST /orders/" + order + "/cancellation\"");
    }

    @Test
    void aCardOrderThatIsConfirmingIsClosedAsSoonAsItsMoneyIsTakenAndNobodyIsToldThatItIsPaid() {
        behave("{\"operation\":\"CAPTURE\",\"kind\":\"FAIL_BEFORE\",\"status\":503,\"rate\":1}");
        String order = byCard();
        await("decided").atMost(LIMIT).until(() -> databases.orderStatus(order).equals("CONFIRMING"));

        Answer noted = cancelAs(buyer, order, "");
        assertThat(noted.status()).as("%s", noted).isEqualTo(202);
        assertThat(noted.orderStatus()).isEqualTo("CONFIRMING");
        assertThat(applied().get(0)).isPositive();

        assertThat(platform.call("DELETE", behaviour(), Map.of(), "").status()).isEqualTo(204);
        awaitClosed(order);
        awaitEffects(order, "AUTHORIZED", "CAPTURED", "REFUNDED");
        assertThat(messagesOf(order)).isEqualTo("closed placed refund-payment release-stock");
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
    }

    @Test
    void aWalletOrderWhoseGoodsCannotBeSoldYetIsClosedOnceTheyCan() {
        faults.refuseToSell(sku);
        String order = platform.order(buyer, new Line(sku, 2, PRICE)).orderId();
        assertThat(databases.orderStatus(order)).isEqualTo("CONFIRMING");

        assertThat(cancelAs(buyer, order, "").status()).isEqualTo(202);
        faults.letSell();

        awaitClosed(order);
        assertThat(databases.stock(sku)).isEqualTo(ALL_BACK);
        assertThat(databases.account(buyer)).isEqualTo(MONEY_BACK);
    }

    @Test
    void somebodyElsesOrderLooksLikeNoneAndARejectedOneHasNothingToCancel() {
        String order = paidByWallet();
        Answer hidden = cancelAs(platform.buyer(0), order, "");
        assertThat(hidden.status()).as("%s", hidden).isEqualTo(404);
        assertThat(hidden.code()).isEqualTo("not-found");
        assertThat(databases.orderStatus(order)).isEqualTo("PAID");

        Answer refused = platform.order(buyer, new Line(sku, RECEIVED + 1, 1));
        assertThat(refused.status()).as("%s", refused).isEqualTo(409);
        Answer nothing = cancelAs(buyer, refused.orderId(), "");
        assertThat(nothing.status()).as("%s", nothing).isEqualTo(409);
        assertThat(nothing.code()).isEqualTo("order-rejected");
    }

    // Orders

    private String paidByWallet() {
        Answer answer = platform.order(buyer, new Line(sku, 2, PRICE));
        assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("PAID");
        return answer.orderId();
    }

    private String byCard() {
        Answer answer = platform.post(
                platform.ordersUrl(),
                Platform.newKey(),
                Map.of(
                        "buyerId", buyer,
                        "items",
                                Platform.orderBody(buyer, new Line(sku, 1, PRICE))
                                        .get("items"),
                        "payment", Map.of("method", "CARD", "token", "tok_ok")));
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.orderId();
    }

    private Answer cancelAs(String who, String order, String body) {
        String token = stack.tokens().buyer(who, Duration.ofMinutes(2));
        return cancel(order, Map.of("Authorization", "Bearer " + token), body);
    }

    private Answer cancel(String order, Map<String, String> headers, String body) {
        return platform.call("POST", platform.ordersUrl() + "/" + order + "/cancellation", headers, body);
    }

    private void awaitClosed(String order) {
        await(order + " is CLOSED")
                .atMost(LIMIT)
                .until(() -> databases.orderStatus(order).equals("CLOSED"));
    }

    private String messagesOf(String order) {
        return databases.text(
                "select group_concat(substring_index(id, ':', -1) order by substring_index(id, ':', -1) separator ' ') from order_svc.local_message"
                        + " where message_key = ?",
                order);
    }

    // The gateway

    private String behaviour() {
        return stack.gateway().url() + "/behaviour";
    }

    private void behave(String rule) {
        Answer answer = platform.call("PUT", behaviour(), Map.of(), "{\"rules\":[" + rule + "]}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    /** How often each rule was met: a fault that never fired proves nothing. */
    private List<Integer> applied() {
        List<Integer> applied = new ArrayList<>();
        platform.get(behaviour())
                .body()
                .path("rules")
                .forEach(rule -> applied.add(rule.path("applied").asInt()));
        return applied;
    }

    private List<String> effects(String order) {
        List<String> effects = new ArrayList<>();
        for (JsonNode entry : platform.get(stack.gateway().url() + "/ledger?reference=" + order)
                .body()
                .path("entries")) {
            if (!entry.path("effect").asString().equals("NONE")) {
                effects.add(entry.path("effect").asString());
            }
        }
        return effects;
    }

    private void awaitEffects(String order, String... effects) {
        await("the ledger has " + List.of(effects)).atMost(LIMIT).until(() -> effects(order)
                .equals(List.of(effects)));
    }

    private void awaitCharge(String order, String status) {
        await("the charge is " + status).atMost(LIMIT).until(() -> databases
                .text("select status from payment_svc.card_charge where order_id = ?", order)
                .equals(status));
    }
}

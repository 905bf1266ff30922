package io.holdfast.systemtest.faults;

import static io.holdfast.systemtest.platform.Gateway.always;
import static io.holdfast.systemtest.platform.Gateway.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.CardPolicy;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Gateway;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * kill -9 at each step of giving a card payment up, of every process that has a part in the step: the end is the same. The order is
 * CLOSED, its goods are available, and the gateway has voided or refunded once what it held. A restart takes longer than all else, so
 * each process is killed once, with an order at each of its steps.
 */
@OnThePlatform
@Order(52)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledWhileGivingUpIT {

    private static final int RECEIVED = 10;

    /** The reconciler asks the gateway too, and must not get the answer that a test means for the give-up. */
    private static final String RECONCILER = "payment_svc.reconciliation_check";

    private static final Duration SOON = Duration.ofSeconds(20);
    /** Longer than any call is waited for, and than a test needs. */
    private static final Duration LATE = Duration.ofSeconds(30);

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final DatabaseFaults faults;
    private final Gateway gateway;
    /** Of the orders of one test, by charge. */
    private final Map<String, List<Gateway.Rule>> rules = new LinkedHashMap<>();

    private CardPolicy policy;

    KilledWhileGivingUpIT(Platform platform, Stack stack, Databases databases, DatabaseFaults faults) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.faults = faults;
        this.gateway = new Gateway(platform);
    }

    /** As if another instance were looking at charges all the time: then this one leaves them to it. */
    @BeforeAll
    void nobodyReconcilesCharges() {
        policy = new CardPolicy(platform);
        faults.execute(
                "update " + RECONCILER + " set leased_by = 'a test', leased_until = utc_timestamp() + interval 1 hour"
                        + " where check_name = 'charges-agree'");
    }

    @AfterEach
    void theGatewayBehaves() {
        platform.heal();
        gateway.heal();
        rules.clear();
        policy.resume();
        policy.restore();
        gateway.awaitCalls();
    }

    @AfterAll
    void theReconcilerAndTheSettingsAreAsTheyWere() {
        policy.restore();
        faults.execute(
                "update " + RECONCILER + " set leased_by = null, leased_until = null where leased_by = 'a test'");
    }

    enum Step {
        CAPTURING,
        LOOKING,
        WRITING_THE_GIVE_UP,
        STARTING_TO_CLOSE,
        RELEASE_UNSENT,
        RELEASING,
        CLOSING,
        VOIDING
    }

    enum Victim {
        PAYMENT,
        ORDER,
        STOCK,
        KAFKA,
        GATEWAY
    }

    /** The steps as they are reached; RELEASE_UNSENT is the last one, for it is without Kafka, which the others need. */
    @ParameterizedTest(name = "kill -9 {0}, orders at {1}")
    @CsvSource({
        "PAYMENT, CAPTURING WRITING_THE_GIVE_UP LOOKING",
        "PAYMENT, VOIDING",
        "ORDER, CLOSING STARTING_TO_CLOSE RELEASE_UNSENT",
        "STOCK, RELEASING RELEASE_UNSENT",
        "KAFKA, RELEASING RELEASE_UNSENT",
        "GATEWAY, LOOKING",
        "GATEWAY, VOIDING"
    })
    void theEndIsTheSame(Victim victim, String at) {
        List<Step> steps = Arrays.stream(at.split(" ")).map(Step::valueOf).toList();
        Part part =
                switch (victim) {
                    case PAYMENT -> stack.payment();
                    case ORDER -> stack.order();
                    case STOCK -> stack.stock();
                    case KAFKA -> stack.kafka();
                    case GATEWAY -> stack.gateway();
                };
        if (steps.contains(Step.CAPTURING)) {
            policy.change("initial-delay: 100ms", "max-delay: 300ms", "deadline: 12s");
            policy.awaitInForce("deadline", "PT12S");
        }
        // Decided, and not one capture of them is attempted until all are.
        policy.pause();
        List<GivenUp> orders = steps.stream().map(GivenUp::new).toList();
        orders.forEach(GivenUp::begin);
        policy.resume();
        orders.forEach(GivenUp::reach);

        orders.forEach(GivenUp::assertIsAtItsStep);
        platform.kill(part);
        if (victim != Victim.GATEWAY) {
            // Whoever waited for the gateway goes on at once.
            orders.forEach(GivenUp::assertHasNotGoneOn);
        }
        letGo(orders);
        platform.start(part);

        // The one that was captured first: until it is closed the gateway does not answer for it.
        orders.stream()
                .sorted(Comparator.comparing(order -> order.step != Step.CAPTURING))
                .forEach(GivenUp::assertEnds);
    }

    private void letGo(List<GivenUp> orders) {
        orders.forEach(GivenUp::release);
        if (stack.kafka().isRunning()) {
            platform.thaw(stack.kafka());
        }
        if (stack.gateway().isRunning()) {
            gateway.heal();
            orders.stream().filter(order -> order.step == Step.CAPTURING).forEach(order -> {
                rules.clear();
                order.behave(always("CAPTURE", "UNREACHABLE"), always("QUERY", "UNREACHABLE"));
            });
        }
    }

    /** An order whose payment is being given up, brought to one of the steps and held there. */
    private final class GivenUp {

        private final Step step;
        private final String sku = platform.goods(RECEIVED);
        private final String id;
        private final String xid;
        private final String charge;
        private DatabaseFaults.Lock hold;
        private String held;

        private GivenUp(Step step) {
            this.step = step;
            Answer answer = platform.cardOrder(platform.buyer(0), new Line(sku, 1, 10_00));
            assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");
            this.id = answer.orderId();
            this.xid = databases.xidOf(id);
            this.charge = databases.text("select gateway_id from payment_svc.card_charge where order_id = ?", id);
            assertThat(gateway.effects(id)).containsExactly("AUTHORIZED");
        }

        /** What makes its payment fail, and the lock that it will wait for first. */
        private void begin() {
            switch (step) {
                // It takes effect and is never answered, and the deadline passes before anybody finds out.
                case CAPTURING ->
                    behave(always("CAPTURE", "EFFECT_THEN_TIMEOUT").delayed(LATE), always("QUERY", "UNREACHABLE"));
                // The first look belongs to the capture that was refused, the next to the give-up.
                case LOOKING ->
                    behave(
                            times("CAPTURE", "DECLINE", 1),
                            times("QUERY", "FAIL_BEFORE", 1).status(503),
                            always("QUERY", "LATE").delayed(LATE));
                // Nothing is found out at the gateway, so what is held stays to be voided or refunded.
                case WRITING_THE_GIVE_UP -> {
                    hold(faults.holdPayment(id), "payment-svc");
                    behave(
                            times("CAPTURE", "DECLINE", 1),
                            always("QUERY", "FAIL_BEFORE").status(503));
                }
                case VOIDING ->
                    behave(
                            times("CAPTURE", "DECLINE", 1),
                            always("QUERY", "FAIL_BEFORE").status(503));
                // What is held is voided at once, by the give-up itself.
                case STARTING_TO_CLOSE, RELEASE_UNSENT, RELEASING, CLOSING -> {
                    hold(faults.holdOrder(id), "order-svc");
                    behave(times("CAPTURE", "DECLINE", 1));
                }
            }
        }

        private void reach() {
            switch (step) {
                case CAPTURING -> gateway.awaitEffects(id, "AUTHORIZED", "CAPTURED");
                case LOOKING -> awaitLateCall();
                case WRITING_THE_GIVE_UP -> hold.awaitWaiting(held);
                // The order is closed already: what the gateway holds holds up nobody.
                case VOIDING -> {
                    awaitStatus("CLOSED");
                    assertThat(gateway.effects(id)).containsExactly("AUTHORIZED");
                    behave(always("VOID", "LATE").delayed(LATE));
                    awaitLateCall();
                    // What became of the call is not found out before the kill, however slow this machine is.
                    behave(
                            always("VOID", "LATE").delayed(LATE),
                            always("QUERY", "FAIL_BEFORE").status(503));
                }
                case STARTING_TO_CLOSE -> isAboutToClose();
                case RELEASE_UNSENT -> {
                    isAboutToClose();
                    platform.freeze(stack.kafka());
                    hold.release();
                    hold = null;
                    awaitStatus("CLOSING");
                }
                case RELEASING -> isBeingReleased();
                case CLOSING -> {
                    isBeingReleased();
                    databases.awaitFence("order_svc", xid, "COMMITTED");
                    holdInstead(faults.holdOrder(id), "order-svc");
                }
            }
        }

        private void isAboutToClose() {
            awaitPayment("GIVEN_UP");
            hold.awaitWaiting(held);
        }

        private void isBeingReleased() {
            isAboutToClose();
            // Its Confirm came before that of the order, and waits for this lock no more.
            assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - 1, 0, 1));
            holdInstead(faults.holdStock(sku), "stock-svc");
        }

        private void hold(DatabaseFaults.Lock lock, String service) {
            hold = lock;
            held = service;
        }

        private void holdInstead(DatabaseFaults.Lock lock, String service) {
            hold.release();
            hold(lock, service);
            hold.awaitWaiting(held);
        }

        private void release() {
            if (hold != null) {
                hold.release();
            }
        }

        private void awaitLateCall() {
            await("a call of " + id + " is not answered")
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(SOON)
                    .until(() -> gateway.applied(charge, "LATE") > 0);
        }

        /** Whatever else payment-svc asks the gateway meanwhile must not get the answer that is meant for this order. */
        private void behave(Gateway.Rule... ofThis) {
            rules.put(
                    charge,
                    Arrays.stream(ofThis).map(rule -> rule.ofCharge(charge)).toList());
            gateway.behave(rules.values().stream().flatMap(List::stream).toArray(Gateway.Rule[]::new));
        }

        // What proves the step, beside the lock that is waited for or the call that is held back

        private void assertIsAtItsStep() {
            if (hold != null) {
                hold.awaitWaiting(held);
            }
            assertHasNotGoneOn();
        }

        private void assertHasNotGoneOn() {
            switch (step) {
                case CAPTURING -> {
                    assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "CAPTURED");
                    assertThat(whyGivenUp()).isEmpty();
                    assertUndecided();
                }
                case LOOKING, WRITING_THE_GIVE_UP -> {
                    assertThat(whyGivenUp()).as("the give-up is decided").contains("refuses to capture");
                    assertUndecided();
                }
                case STARTING_TO_CLOSE -> {
                    assertThat(payment()).isEqualTo("GIVEN_UP");
                    assertThat(databases.orderStatus(id)).isEqualTo("CONFIRMING");
                }
                case RELEASE_UNSENT -> {
                    assertThat(releaseMessage()).isEqualTo("NEW");
                    assertThat(databases.stock(sku).sold()).isEqualTo(1);
                }
                case RELEASING -> {
                    assertThat(databases.orderStatus(id)).isEqualTo("CLOSING");
                    assertThat(databases.stock(sku).sold()).isEqualTo(1);
                }
                case CLOSING -> {
                    assertThat(databases.orderStatus(id)).isEqualTo("CLOSING");
                    assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
                }
                case VOIDING -> assertThat(voidOrRefundStatus()).isEqualTo("DUE");
            }
        }

        private void assertUndecided() {
            assertThat(payment()).isEqualTo("OPEN");
            assertThat(databases.fence("payment_svc", xid)).isEqualTo("TRIED");
        }

        // The end

        private void assertEnds() {
            awaitStatus("CLOSED");
            if (step == Step.CAPTURING) {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "CAPTURED");
                gateway.heal();
                policy.restore();
            }
            String undone = step == Step.CAPTURING ? "REFUNDED" : "VOIDED";
            await("the charge is " + undone).atMost(Duration.ofSeconds(60)).until(() -> databases
                    .text("select status from payment_svc.card_charge where order_id = ?", id)
                    .equals(undone));
            databases.awaitRestAndBalance();

            assertThat(payment()).isEqualTo("GIVEN_UP");
            assertThat(voidOrRefundStatus()).isIn("", undone);
            assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
            if (step == Step.CAPTURING) {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
            } else {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "VOIDED");
            }
            assertThat(databases.number(
                            "select count(*) from order_svc.local_message where message_key = ? and topic = ?",
                            id,
                            "holdfast.stock.release"))
                    .as("messages that ask for the release")
                    .isOne();
        }

        private void awaitStatus(String status) {
            await(id + " is " + status)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> databases.orderStatus(id).equals(status));
        }

        private void awaitPayment(String status) {
            await("the payment is " + status)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(SOON)
                    .until(() -> payment().equals(status));
        }

        private String payment() {
            return databases.text("select status from payment_svc.payment where order_id = ?", id);
        }

        private String whyGivenUp() {
            return databases.text(
                    "select give_up_reason from payment_svc.tcc_fence_log where xid = ? and action_name = 'payment.card'",
                    xid);
        }

        private String releaseMessage() {
            return databases.text(
                    "select status from order_svc.local_message where message_key = ? and topic = ?",
                    id,
                    "holdfast.stock.release");
        }

        private String voidOrRefundStatus() {
            return databases.text("""
                    select v.status from payment_svc.void_or_refund v
                    join payment_svc.card_charge c on c.charge_key = v.charge_key where c.order_id = ?""", id);
        }
    }
}

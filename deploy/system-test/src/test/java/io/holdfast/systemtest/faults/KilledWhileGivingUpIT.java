package io.holdfast.systemtest.faults;

import static io.holdfast.systemtest.platform.Gateway.always;
import static io.holdfast.systemtest.platform.Gateway.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localstack.Part;
import io.holdfast.localstack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Books;
import io.holdfast.systemtest.platform.CardPolicy;
import io.holdfast.systemtest.platform.Gateway;
import io.holdfast.systemtest.platform.Levers;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.Arrays;
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
 * CLOSED, its goods are available, and the gateway has voided or refunded once what it held.
 */
@OnThePlatform
@Order(52)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledWhileGivingUpIT {

    private static final int RECEIVED = 10;

    /**
     * What a dead instance has begun is taken over after this, and not after the usual half minute. The reconciler asks the gateway
     * too, and must not get the answer that a test means for the give-up.
     */
    private static final Map<String, String> SHORT_LEASES_AND_NO_RECONCILER = Map.of(
            "HOLDFAST_TCC_PHASETWO_LEASE",
            "4s",
            "HOLDFAST_PAYMENT_VOIDORREFUND_LEASE",
            "4s",
            "HOLDFAST_RECONCILIATION_ENABLED",
            "false");

    private static final Duration SOON = Duration.ofSeconds(20);
    /** Longer than any call is waited for, and than a test needs. */
    private static final Duration LATE = Duration.ofSeconds(30);

    private final Platform platform;
    private final Stack stack;
    private final Books books;
    private final Levers levers;
    private final Gateway gateway;
    private CardPolicy policy;

    KilledWhileGivingUpIT(Platform platform, Stack stack, Books books, Levers levers) {
        this.platform = platform;
        this.stack = stack;
        this.books = books;
        this.levers = levers;
        this.gateway = new Gateway(platform);
    }

    @BeforeAll
    void leasesAreShortAndNobodyReconciles() {
        policy = new CardPolicy(platform);
        platform.kill(stack.payment());
        platform.start(stack.payment(), SHORT_LEASES_AND_NO_RECONCILER);
    }

    @AfterEach
    void theGatewayBehaves() {
        platform.heal();
        gateway.heal();
        policy.resume();
        gateway.awaitCalls();
    }

    @AfterAll
    void leasesAndSettingsAreAsTheyWere() {
        policy.restore();
        platform.kill(stack.payment());
        platform.start(stack.payment());
    }

    enum Victim {
        PAYMENT,
        ORDER,
        STOCK,
        KAFKA,
        GATEWAY
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

    @ParameterizedTest(name = "{0}: kill -9 {1}")
    @CsvSource({
        "CAPTURING, PAYMENT",
        "LOOKING, PAYMENT",
        "LOOKING, GATEWAY",
        "WRITING_THE_GIVE_UP, PAYMENT",
        "STARTING_TO_CLOSE, ORDER",
        "RELEASE_UNSENT, ORDER",
        "RELEASE_UNSENT, STOCK",
        "RELEASE_UNSENT, KAFKA",
        "RELEASING, STOCK",
        "RELEASING, KAFKA",
        "CLOSING, ORDER",
        "VOIDING, PAYMENT",
        "VOIDING, GATEWAY"
    })
    void theEndIsTheSame(Step step, Victim victim) {
        GivenUp order = new GivenUp();
        switch (step) {
            case CAPTURING -> order.isBeingCaptured();
            case LOOKING -> order.isBeingLookedAt();
            case WRITING_THE_GIVE_UP -> order.isBeingWrittenOff();
            case STARTING_TO_CLOSE -> order.isAboutToClose();
            case RELEASE_UNSENT -> order.hasItsReleaseUnsent();
            case RELEASING -> order.isBeingReleased();
            case CLOSING -> order.isReleasedAndAboutToBeClosed();
            case VOIDING -> order.isBeingVoided();
        }
        Part part =
                switch (victim) {
                    case PAYMENT -> stack.payment();
                    case ORDER -> stack.order();
                    case STOCK -> stack.stock();
                    case KAFKA -> stack.kafka();
                    case GATEWAY -> stack.gateway();
                };

        order.assertIsAt(step);
        platform.kill(part);
        if (victim != Victim.GATEWAY) {
            // Whoever waited for the gateway goes on at once.
            order.assertIsAt(step);
        }
        order.letGo(step);
        if (part == stack.payment()) {
            platform.start(part, SHORT_LEASES_AND_NO_RECONCILER);
        } else {
            platform.start(part);
        }

        order.assertEnds(step);
    }

    /** An order whose payment is being given up, brought to one of the steps and held there. */
    private final class GivenUp {

        private final String sku = platform.goods(RECEIVED);
        private final String id;
        private final String xid;
        private final String charge;
        private Levers.Lock hold;

        /** Decided, and not one capture of it is attempted until it is to be. */
        private GivenUp() {
            policy.pause();
            Answer answer = platform.cardOrder(platform.buyer(0), new Line(sku, 1, 10_00));
            assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("CONFIRMING");
            this.id = answer.orderId();
            this.xid = books.xidOf(id);
            this.charge = books.text("select gateway_id from payment_svc.card_charge where order_id = ?", id);
            assertThat(gateway.effects(id)).containsExactly("AUTHORIZED");
        }

        // Steps

        /** The capture takes effect and is never answered, and the deadline passes before anybody finds out. */
        private void isBeingCaptured() {
            policy.change("initial-delay: 100ms", "max-delay: 300ms", "deadline: 6s");
            policy.awaitInForce("deadline", "PT6S");
            behave(times("CAPTURE", "EFFECT_THEN_TIMEOUT", 1).delayed(LATE));
            policy.resume();
            gateway.awaitHeld();
        }

        /** The first look belongs to the capture that was refused, the next to the give-up. */
        private void isBeingLookedAt() {
            behave(
                    times("CAPTURE", "DECLINE", 1),
                    times("QUERY", "FAIL_BEFORE", 1).status(503),
                    always("QUERY", "LATE").delayed(LATE));
            policy.resume();
            gateway.awaitHeld();
        }

        /** Nothing was found out at the gateway, so the obligation is written too. */
        private void isBeingWrittenOff() {
            hold = levers.holdPayment(id);
            refuseTheCaptureAndAnswerNoLook();
            hold.awaitWaiting("payment-svc");
        }

        private void isAboutToClose() {
            hold = levers.holdOrder(id);
            refuseTheCapture();
            awaitPayment("GIVEN_UP");
            hold.awaitWaiting("order-svc");
        }

        private void hasItsReleaseUnsent() {
            platform.freeze(stack.kafka());
            refuseTheCapture();
            awaitStatus("CLOSING");
        }

        private void isBeingReleased() {
            isAboutToClose();
            // Its Confirm came before that of the order, and waits for this lock no more.
            assertThat(books.stock(sku)).isEqualTo(new Books.Stock(RECEIVED, RECEIVED - 1, 0, 1));
            Levers.Lock stock = levers.holdStock(sku);
            hold.release();
            hold = stock;
            hold.awaitWaiting("stock-svc");
        }

        private void isReleasedAndAboutToBeClosed() {
            isBeingReleased();
            books.awaitFence("order_svc", xid, "COMMITTED");
            Levers.Lock order = levers.holdOrder(id);
            hold.release();
            hold = order;
            hold.awaitWaiting("order-svc");
        }

        /** The order is closed already: what the gateway holds holds up nobody. */
        private void isBeingVoided() {
            refuseTheCaptureAndAnswerNoLook();
            awaitStatus("CLOSED");
            assertThat(gateway.effects(id)).containsExactly("AUTHORIZED");
            behave(always("VOID", "LATE").delayed(LATE));
            gateway.awaitHeld();
        }

        /** What is held is voided at once, by the give-up itself. */
        private void refuseTheCapture() {
            behave(times("CAPTURE", "DECLINE", 1));
            policy.resume();
        }

        /** What is held becomes somebody's obligation. */
        private void refuseTheCaptureAndAnswerNoLook() {
            behave(
                    times("CAPTURE", "DECLINE", 1),
                    always("QUERY", "FAIL_BEFORE").status(503));
            policy.resume();
        }

        /** Whatever else payment-svc asks the gateway meanwhile must not get the answer that is meant for this order. */
        private void behave(Gateway.Rule... rules) {
            gateway.behave(
                    Arrays.stream(rules).map(rule -> rule.ofCharge(charge)).toArray(Gateway.Rule[]::new));
        }

        // What proves the step, beside the lock that is waited for or the call that is held back

        private void assertIsAt(Step step) {
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
                    assertThat(books.orderStatus(id)).isEqualTo("CONFIRMING");
                }
                case RELEASE_UNSENT -> {
                    assertThat(releaseMessage()).isEqualTo("NEW");
                    assertThat(books.stock(sku).sold()).isEqualTo(1);
                }
                case RELEASING -> {
                    assertThat(books.orderStatus(id)).isEqualTo("CLOSING");
                    assertThat(books.stock(sku).sold()).isEqualTo(1);
                }
                case CLOSING -> {
                    assertThat(books.orderStatus(id)).isEqualTo("CLOSING");
                    assertThat(books.stock(sku)).isEqualTo(new Books.Stock(RECEIVED, RECEIVED, 0, 0));
                }
                case VOIDING -> assertThat(obligation()).isEqualTo("DUE");
            }
        }

        private void assertUndecided() {
            assertThat(payment()).isEqualTo("OPEN");
            assertThat(books.fence("payment_svc", xid)).isEqualTo("TRIED");
        }

        // The end

        private void letGo(Step step) {
            if (hold != null) {
                hold.release();
            }
            if (stack.kafka().isRunning()) {
                platform.thaw(stack.kafka());
            }
            if (!stack.gateway().isRunning()) {
                return;
            }
            if (step == Step.CAPTURING) {
                behave(always("CAPTURE", "UNREACHABLE"), always("QUERY", "UNREACHABLE"));
            } else {
                gateway.heal();
            }
        }

        private void assertEnds(Step step) {
            awaitStatus("CLOSED");
            if (step == Step.CAPTURING) {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "CAPTURED");
                gateway.heal();
                policy.restore();
            }
            String undone = step == Step.CAPTURING ? "REFUNDED" : "VOIDED";
            await("the charge is " + undone).atMost(Duration.ofSeconds(60)).until(() -> books.text(
                            "select status from payment_svc.card_charge where order_id = ?", id)
                    .equals(undone));
            books.awaitRestAndBalance();

            assertThat(payment()).isEqualTo("GIVEN_UP");
            assertThat(obligation()).isIn("", undone);
            assertThat(books.stock(sku)).isEqualTo(new Books.Stock(RECEIVED, RECEIVED, 0, 0));
            if (step == Step.CAPTURING) {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
            } else {
                assertThat(gateway.effects(id)).containsExactly("AUTHORIZED", "VOIDED");
            }
            assertThat(books.number(
                            "select count(*) from order_svc.local_message where message_key = ? and topic = ?",
                            id,
                            "holdfast.stock.release"))
                    .as("messages that ask for the release")
                    .isOne();
        }

        private void awaitStatus(String status) {
            await(id + " is " + status).atMost(Duration.ofSeconds(60)).until(() -> books.orderStatus(id)
                    .equals(status));
        }

        private void awaitPayment(String status) {
            await("the payment is " + status)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(SOON)
                    .until(() -> payment().equals(status));
        }

        private String payment() {
            return books.text("select status from payment_svc.payment where order_id = ?", id);
        }

        private String whyGivenUp() {
            return books.text(
                    "select give_up_reason from payment_svc.tcc_fence_log where xid = ? and action_name = 'payment.card'",
                    xid);
        }

        private String releaseMessage() {
            return books.text(
                    "select status from order_svc.local_message where message_key = ? and topic = ?",
                    id,
                    "holdfast.stock.release");
        }

        private String obligation() {
            return books.text("""
                    select v.status from payment_svc.void_or_refund v
                    join payment_svc.card_charge c on c.charge_key = v.charge_key where c.order_id = ?""", id);
        }
    }
}

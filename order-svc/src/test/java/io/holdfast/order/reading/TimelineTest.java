package io.holdfast.order.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.tcc.branch.BranchRecord;
import io.holdfast.tcc.fence.FailedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final Order order = Order.received(
                    new OrderId("0198c0de-7f00-7abc-8def-0123456789ab"),
                    new Purchase(
                            new BuyerId("alice"),
                            List.of(new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                            PaymentMethod.WALLET),
                    "key",
                    START)
            .placedBy("127.0.0.2:8091:1");

    @Test
    void aClosedOrderTellsWhyAndWhenItsGoodsWereReleased() {
        Order closed = new Order(
                order.id(),
                order.purchase(),
                order.total(),
                order.idempotencyKey(),
                order.requestHash(),
                OrderStatus.CLOSED,
                order.xid(),
                null,
                new Closing(
                        Closing.Cause.PAYMENT_GIVEN_UP,
                        "The card was declined.",
                        START.plusMillis(50),
                        null,
                        START.plusMillis(70),
                        null),
                null,
                START,
                START.plusMillis(90));

        assertThat(Timeline.forOperator(closed, List.of()))
                .extracting(entry -> entry.millis() + " " + entry.service() + " " + entry.action() + " "
                        + entry.outcome() + " " + entry.reason())
                .containsExactly(
                        "0 order-svc order RECEIVED null",
                        "50 order-svc order CLOSING payment-given-up: The card was declined.",
                        "70 stock-svc stock.release RELEASED null",
                        "90 order-svc order CLOSED payment-given-up: The card was declined.");
    }

    @Test
    void aCancelledOrderTellsWhenItWasPaidWhoAskedForItAndWhatWentBack() {
        Order cancelled = new Order(
                order.id(),
                order.purchase(),
                order.total(),
                order.idempotencyKey(),
                order.requestHash(),
                OrderStatus.CLOSED,
                order.xid(),
                null,
                new Closing(
                        Closing.Cause.CANCELLED,
                        "Ordered twice.",
                        START.plusMillis(50),
                        START.plusMillis(30),
                        START.plusMillis(80),
                        START.plusMillis(70)),
                CancellationRequest.of("Ordered twice.", START.plusMillis(50)),
                START,
                START.plusMillis(90));

        assertThat(Timeline.forOperator(cancelled, List.of()))
                .extracting(entry -> entry.millis() + " " + entry.service() + " " + entry.action() + " "
                        + entry.outcome() + " " + entry.reason())
                .containsExactly(
                        "0 order-svc order RECEIVED null",
                        "30 order-svc order PAID null",
                        "50 order-svc order.cancellation ASKED Ordered twice.",
                        "50 order-svc order CLOSING cancelled: Ordered twice.",
                        "70 payment-svc payment.refund REFUNDED null",
                        "80 stock-svc stock.release RELEASED null",
                        "90 order-svc order CLOSED cancelled: Ordered twice.");
    }

    @Test
    void aBranchThatWasConfirmedTellsOfItsTryAndItsConfirm() {
        assertThat(story(branch("stock-svc", "COMMITTED", 10, 40, 2, "it was locked")))
                .containsExactly(
                        "0 order-svc null RECEIVED 0 null",
                        "10 stock-svc TRY TRIED 0 null",
                        "40 stock-svc CONFIRM COMMITTED 2 it was locked");
    }

    @Test
    void aBranchThatWasRolledBackTellsOfItsTryAndItsCancel() {
        assertThat(story(branch("stock-svc", "ROLLBACKED", 10, 40, 0, null)))
                .containsExactly(
                        "0 order-svc null RECEIVED 0 null",
                        "10 stock-svc TRY TRIED 0 null",
                        "40 stock-svc CANCEL ROLLBACKED 0 null");
    }

    @Test
    void aRefusedTryShowsAsACancelWithNothingToCancel() {
        assertThat(story(branch("stock-svc", "SUSPENDED", 10, 10, 0, null)))
                .containsExactly("0 order-svc null RECEIVED 0 null", "10 stock-svc CANCEL SUSPENDED 0 null");
    }

    @Test
    void eachAttemptThatFailedIsAnEntryWithItsTimeItsErrorAndWhenTheNextOneWasDue() {
        BranchRecord branch = new BranchRecord(
                "payment-svc",
                "payment.open",
                "1",
                "COMMITTED",
                START.plusMillis(5),
                START.plusMillis(3_300),
                2,
                "it was closed",
                "CONFIRM",
                START.plusMillis(20),
                null,
                null,
                List.of(
                        failure(1, "CONFIRM", 30, "it was locked", 1_030),
                        failure(2, "CONFIRM", 1_050, "it was closed", 3_050)));

        assertThat(dueStory(branch))
                .containsExactly(
                        "0 null RECEIVED null null null",
                        "5 TRY TRIED 0 null null",
                        "30 CONFIRM FAILED 1 it was locked 1030",
                        "1050 CONFIRM FAILED 2 it was closed 3050",
                        "3300 CONFIRM COMMITTED 2 it was closed null");
    }

    @Test
    void aBranchThatIsStillBeingConfirmedTellsWhenTheNextAttemptIsDueNowWhateverItWasThen() {
        assertThat(dueStory(open("TRIED", "CONFIRM", 400L, "SCHEDULED", failure(1, "CONFIRM", 30, "no", 1_030))))
                .containsExactly(
                        "0 null RECEIVED null null null",
                        "5 TRY TRIED 0 null null",
                        "30 CONFIRM FAILED 1 no 1030",
                        "30 CONFIRM SCHEDULED 1 no 400");
    }

    @Test
    void aBranchOfAPausedActionSaysSoThoughNothingOfItHasFailed() {
        assertThat(dueStory(open("TRIED", "CANCEL", 20L, "PAUSED")))
                .containsExactly(
                        "0 null RECEIVED null null null", "5 TRY TRIED 0 null null", "20 CANCEL PAUSED 0 null 20");
    }

    @Test
    void aCancelThatIsParkedIsACancelSinceItsLastFailure() {
        assertThat(dueStory(open("PARKED", "CANCEL", null, "PARKED", failure(1, "CANCEL", 90, "no", null))))
                .containsExactly(
                        "0 null RECEIVED null null null",
                        "5 TRY TRIED 0 null null",
                        "90 CANCEL FAILED 1 no null",
                        "90 CANCEL PARKED 1 no null");
    }

    @Test
    void aConfirmThatIsBeingGivenUpTellsOfThatToo() {
        assertThat(dueStory(open(
                        "TRIED",
                        "CONFIRM",
                        3_000L,
                        "GIVING_UP",
                        failure(1, "CONFIRM", 30, "card stolen", 30),
                        failure(2, "GIVE_UP", 40, "no gateway", 1_040))))
                .containsExactly(
                        "0 null RECEIVED null null null",
                        "5 TRY TRIED 0 null null",
                        "30 CONFIRM FAILED 1 card stolen 30",
                        "40 GIVE_UP FAILED 2 no gateway 1040",
                        "40 GIVE_UP SCHEDULED 2 no gateway 3000");
    }

    @Test
    void anEmptyRollbackWhoseHookFailsShowsNoTry() {
        assertThat(dueStory(
                        open("PARKED", "EMPTY_ROLLBACK", null, "PARKED", failure(1, "EMPTY_ROLLBACK", 90, "no", null))))
                .containsExactly(
                        "0 null RECEIVED null null null", "90 CANCEL FAILED 1 no null", "90 CANCEL PARKED 1 no null");
    }

    @Test
    void servicesAreSortedByTimeAndTheEndOfTheOrderComesLast() {
        Order rejected = order.rejectedAtOnce(Rejection.soldOut(new Sku("a")));

        List<TimelineEntry> timeline = Timeline.forOperator(
                rejected,
                List.of(
                        branch("stock-svc", "SUSPENDED", 0, 0, 0, null),
                        branch("payment-svc", "ROLLBACKED", -3, 0, 0, null)));

        assertThat(timeline).extracting(TimelineEntry::millis).isSorted();
        assertThat(timeline).last().satisfies(last -> {
            assertThat(last.outcome()).isEqualTo("REJECTED");
            assertThat(last.reason()).isEqualTo("out-of-stock: SKU a is sold out.");
        });
    }

    private List<String> story(BranchRecord branch) {
        return Timeline.forOperator(order, List.of(branch)).stream()
                .map(entry -> entry.millis() + " " + entry.service() + " " + entry.phase() + " " + entry.outcome() + " "
                        + (entry.attempts() == null ? 0 : entry.attempts()) + " " + entry.lastError())
                .toList();
    }

    private List<String> dueStory(BranchRecord branch) {
        return Timeline.forOperator(order, List.of(branch)).stream()
                .map(entry -> entry.millis() + " " + entry.phase() + " " + entry.outcome() + " " + entry.attempts()
                        + " "
                        + entry.lastError() + " "
                        + (entry.nextDueAt() == null
                                ? null
                                : Duration.between(START, entry.nextDueAt()).toMillis()))
                .toList();
    }

    private static BranchRecord open(
            String status, String decision, Long due, String state, FailedAttempt... failures) {
        return new BranchRecord(
                "payment-svc",
                "payment.open",
                "1",
                status,
                START.plusMillis(5),
                null,
                failures.length,
                failures.length == 0 ? null : failures[failures.length - 1].error(),
                decision,
                START.plusMillis(20),
                due == null ? null : START.plusMillis(due),
                state,
                List.of(failures));
    }

    private static FailedAttempt failure(int number, String operation, long at, String error, Integer due) {
        return new FailedAttempt(
                number,
                operation,
                START.plusMillis(at - 1),
                START.plusMillis(at),
                error,
                due == null ? null : START.plusMillis(due),
                "payment-svc-1");
    }

    private static BranchRecord branch(
            String service, String status, int tried, int decided, int attempts, String lastError) {
        return new BranchRecord(
                service,
                "some.action",
                "1",
                status,
                START.plusMillis(tried),
                START.plusMillis(decided),
                attempts,
                lastError,
                null,
                null,
                null,
                null,
                null);
    }
}

package io.holdfast.order.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.tcc.branch.BranchRecord;
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
    void aBranchThatIsStillBeingConfirmedTellsHowOftenThatFailed() {
        assertThat(story(new BranchRecord(
                        "payment-svc", "payment.open", "1", "TRIED", START.plusMillis(5), null, 3, "no")))
                .containsExactly("0 order-svc null RECEIVED 0 null", "5 payment-svc TRY TRIED 3 no");
    }

    @Test
    void servicesAreSortedByTimeAndTheEndOfTheOrderComesLast() {
        Order rejected = order.rejectedAtOnce(Rejection.soldOut(new Sku("a")));

        List<TimelineEntry> timeline = Timeline.of(
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
        return Timeline.of(order, List.of(branch)).stream()
                .map(entry -> entry.millis() + " " + entry.service() + " " + entry.phase() + " " + entry.outcome() + " "
                        + (entry.attempts() == null ? 0 : entry.attempts()) + " " + entry.lastError())
                .toList();
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
                lastError);
    }
}

package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Cancels that keep failing: the buyer is told at once that the order is REJECTED, what is held for it is given back as soon as that
 * can be done, and until then the order's timeline tells of every attempt.
 */
@OnThePlatform
@Order(25)
class FailingCancelIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final DatabaseFaults faults;
    private OperatedAction action;

    FailingCancelIT(Platform platform, Stack stack, Databases databases, DatabaseFaults faults) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.faults = faults;
    }

    @AfterEach
    void restoreTheSettings() {
        faults.letGiveBack();
        faults.letRelease();
        action.restorePolicy();
    }

    @Test
    void moneyThatCannotBeGivenBackIsTriedForWithGrowingDelaysAndTheTimelineTellsOfEachAttempt() {
        action = new OperatedAction(platform, stack.payment(), "payment.open");
        action.policy("initial-delay: 400ms", "max-delay: 1500ms");
        action.awaitPolicy("maxDelay", "PT1.5S");
        String sku = platform.goods(1);
        String buyer = platform.buyer(100_00);
        faults.refuseToGiveBack(buyer);

        Answer refused = platform.order(buyer, new Line(sku, 2, 10_00));
        assertThat(refused.code()).as("%s", refused).isEqualTo("out-of-stock");
        String order = refused.orderId();
        String xid = databases.xidOf(order);
        assertThat(databases.orderStatus(order)).isEqualTo("REJECTED");
        await("six attempts")
                .atMost(Duration.ofSeconds(40))
                .until(() -> databases.number("select max(attempts) from payment_svc.tcc_fence_log where xid = ?", xid)
                        >= 6);

        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 80_00, 20_00, 0));
        List<JsonNode> failed = entries(order, "payment-svc", "FAILED");
        assertThat(failed).hasSizeGreaterThanOrEqualTo(6).allSatisfy(entry -> {
            assertThat(entry.path("phase").asString()).isEqualTo("CANCEL");
            assertThat(entry.path("lastError").asString())
                    .contains("a test refuses this")
                    .doesNotContainIgnoringCase("update account");
        });
        assertThat(failed).extracting(entry -> entry.path("attempts").asInt()).startsWith(1, 2, 3, 4, 5, 6);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i + 1 < failed.size(); i++) {
            Instant due = time(failed.get(i), "nextDueAt");
            delays.add(Duration.between(time(failed.get(i), "at"), due).toMillis());
            assertThat(time(failed.get(i + 1), "at"))
                    .as("attempt %d, not before it was due", i + 2)
                    .isAfterOrEqualTo(due);
        }
        // Full jitter: any delay up to the bound, which doubles from 400 ms and ends at the cap.
        for (int i = 0; i < delays.size(); i++) {
            assertThat(delays.get(i)).as("after attempt %d", i + 1).isBetween(0L, Math.min(1_500L, 400L << i));
        }
        assertThat(entries(order, "payment-svc", "SCHEDULED"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.has("nextDueAt")).isTrue());

        faults.letGiveBack();
        databases.awaitFence("payment_svc", xid, "ROLLBACKED");
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
        assertThat(entries(order, "payment-svc", "ROLLBACKED")).hasSize(1);
        assertThat(entries(order, "payment-svc", "FAILED")).hasSizeGreaterThanOrEqualTo(6);
        assertThat(entries(order, "payment-svc", "SCHEDULED")).isEmpty();
        assertThat(platform.getOrder(order).orderStatus()).isEqualTo("REJECTED");
        assertThat(platform.logOf(stack.payment())
                        .lines()
                        .filter(line -> line.contains(xid) && line.contains("CANCEL of payment.open")))
                .as("a line per change of state: it failed, it took effect")
                .hasSize(2);
    }

    @Test
    void aCancelPastItsDeadlineIsParkedAndShownAndTriedAgainByHand() {
        action = new OperatedAction(platform, stack.stock(), "stock.reserve");
        action.policy("initial-delay: 100ms", "max-delay: 300ms", "deadline: 2s");
        action.awaitPolicy("deadline", "PT2S");
        String sku = platform.goods(10);
        faults.refuseToRelease(sku);

        Answer declined = orderByDeclinedCard(sku);
        assertThat(declined.code()).as("%s", declined).isEqualTo("payment-declined");
        String order = declined.orderId();
        String xid = databases.xidOf(order);
        JsonNode parked = action.awaitBranch(xid, "PARKED");

        assertThat(parked.path("decision").asString()).isEqualTo("CANCEL");
        assertThat(parked.path("lastError").asString()).contains("a test refuses this");
        int attempts = parked.path("attempts").asInt();
        assertThat(action.attemptsOf(parked)).hasSize(attempts).last().satisfies(last -> assertThat(
                        last.path("nextDueAt").isNull())
                .isTrue());
        assertThat(entries(order, "stock-svc", "FAILED")).hasSize(attempts);
        assertThat(entries(order, "stock-svc", "PARKED"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("phase").asString()).isEqualTo("CANCEL"));
        assertThat(databases.fence("payment_svc", xid)).as("its sibling").isEqualTo("ROLLBACKED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(10, 8, 2, 0));

        assertThat(action.operate("retry", OperatedAction.branch(parked), "the database was repaired")
                        .status())
                .isEqualTo(200);
        await("it has failed once more")
                .atMost(Duration.ofSeconds(20))
                .until(() -> action.awaitBranch(xid, "PARKED").path("attempts").asInt() > attempts);
        faults.letRelease();
        assertThat(action.operate("retry", OperatedAction.branch(parked), "now it was")
                        .status())
                .isEqualTo(200);

        databases.awaitFence("stock_svc", xid, "ROLLBACKED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.orderStatus(order)).isEqualTo("REJECTED");
        assertThat(entries(order, "stock-svc", "FAILED")).hasSize(attempts + 1);
        assertThat(entries(order, "stock-svc", "ROLLBACKED")).hasSize(1);
        assertThat(entries(order, "stock-svc", "PARKED")).isEmpty();
        assertThat(databases.number(
                        "select count(*) from stock_svc.tcc_audit where operation = 'RETRY' and xid = ?", xid))
                .isEqualTo(2);
    }

    /** The card is asked once everything is tried, so there are goods to give back. */
    private Answer orderByDeclinedCard(String sku) {
        return platform.post(
                platform.ordersUrl(),
                Platform.newKey(),
                Map.of(
                        "buyerId",
                        platform.buyer(0),
                        "items",
                        List.of(Map.of(
                                "sku", sku, "quantity", 2, "unitPrice", Map.of("minor", 10_00, "currency", "CNY"))),
                        "payment",
                        Map.of("method", "CARD", "token", "tok_declined")));
    }

    private List<JsonNode> entries(String order, String service, String outcome) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry : platform.getOrder(order).body().path("timeline")) {
            if (entry.path("service").asString("").equals(service)
                    && entry.path("outcome").asString("").equals(outcome)) {
                found.add(entry);
            }
        }
        return found;
    }

    private static Instant time(JsonNode entry, String name) {
        return Instant.parse(entry.path(name).asString());
    }
}

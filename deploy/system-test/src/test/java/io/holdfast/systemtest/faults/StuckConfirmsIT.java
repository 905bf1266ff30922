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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Confirms that keep failing: the service attempts them by itself, with growing delays, as the settings in Nacos say at that moment.
 * People see them, put actions off, try branches again and end them by hand. The failing one is stock.sell, refused by the database.
 */
@OnThePlatform
@Order(24)
class StuckConfirmsIT {

    private static final String ACTION = "stock.reserve";

    /** In the place of a delay: a claimed row shows the end of its lease. */
    private static final long CLAIMED = Long.MAX_VALUE;

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final DatabaseFaults faults;
    private final String sku;
    private final String buyer;
    private OperatedAction action;

    StuckConfirmsIT(Platform platform, Stack stack, Databases databases, DatabaseFaults faults) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.faults = faults;
        this.sku = platform.goods(1_000);
        this.buyer = platform.buyer(1_000_000);
    }

    @BeforeEach
    void readTheSettings() {
        action = new OperatedAction(platform, stack.stock(), ACTION);
    }

    @AfterEach
    void restoreTheSettings() {
        faults.letSell();
        action.restorePolicy();
    }

    @Test
    void theDelaysGrowToTheCapOfTheSettingsAndTheOrderIsPaidWhenTheConfirmSucceeds() {
        action.policy("initial-delay: 400ms", "max-delay: 1500ms");
        action.awaitPolicy("maxDelay", "PT1.5S");
        faults.refuseToSell(sku);
        String order = stuck();
        String xid = databases.xidOf(order);

        // By attempt: how long after it the next one is due.
        Map<Long, Long> delays = new TreeMap<>();
        await("eight attempts")
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    long delay = databases.number("""
                    select if(claimed_by is null, coalesce(timestampdiff(microsecond, utc_timestamp(3), next_attempt_at) div 1000, 0), ?)
                    from stock_svc.tcc_fence_log where xid = ? and action_name = ?""", CLAIMED, xid, ACTION);
                    delays.merge(attempts(xid), delay, (before, now) -> now == CLAIMED ? before : now);
                    return attempts(xid) >= 8;
                });
        assertThat(delays).hasSizeGreaterThanOrEqualTo(7);
        // What is seen is a little less than what was set.
        assertThat(delays.values().stream().filter(delay -> delay != CLAIMED))
                .isNotEmpty()
                .allMatch(delay -> delay <= 1_500);
        assertThat(databases.text(
                        "select last_error from stock_svc.tcc_fence_log where xid = ? and action_name = ?",
                        xid,
                        ACTION))
                .contains("a test refuses this");
        assertThat(platform.getOrder(order).orderStatus()).isEqualTo("CONFIRMING");

        faults.letSell();
        awaitPaid(order);
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(1_000, 999, 0, 1));
    }

    @Test
    void threeHundredStuckConfirmsHoldUpNoOtherOrderAndEndWhenTheyCan() {
        // As in the product; what the platform of these tests has instead is shorter than what is shown here.
        action.policy("max-delay: 5m");
        action.awaitPolicy("maxDelay", "PT5M");
        faults.refuseToSell(sku);
        // One after the other: orders at the same time would share a global transaction.
        List<String> stuck = Stream.generate(this::stuck).limit(300).toList();
        String healthySku = platform.goods(100);
        String healthyBuyer = platform.buyer(100_000);

        for (int i = 0; i < 50; i++) {
            Answer answer = platform.order(healthyBuyer, new Line(healthySku, 1, 1_00));
            assertThat(answer.orderStatus())
                    .as("healthy order %d: %s", i, answer)
                    .isEqualTo("PAID");
        }
        assertThat(action.backlog("SCHEDULED")).isGreaterThanOrEqualTo(300);
        await("the metric tells it too")
                .atMost(Duration.ofSeconds(30))
                .until(() -> metric("holdfast_tcc_backlog{") >= 300);

        faults.letSell();
        // Whoever waits for long is brought forward by a shorter delay in the settings.
        action.policy("max-delay: 1s");
        await("all are sold and paid")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> databases.stock(sku).equals(new Databases.Stock(1_000, 700, 0, 300))
                        && stuck.stream()
                                .allMatch(order -> databases.orderStatus(order).equals("PAID")));
    }

    @Test
    void aConfirmPastItsDeadlineIsParkedWithItsContextAndAPersonTriesItAgain() {
        action.policy("initial-delay: 100ms", "max-delay: 300ms", "deadline: 2s");
        action.awaitPolicy("deadline", "PT2S");
        faults.refuseToSell(sku);
        String order = stuck();
        String xid = databases.xidOf(order);
        JsonNode parked = action.awaitBranch(xid, "PARKED");

        assertThat(parked.path("lastError").asString()).contains("a test refuses this");
        // Its siblings were not held up: the coordinator was told to go on.
        awaitPaid(order);
        assertThat(databases.stock(sku).reserved()).isEqualTo(1);
        assertThat(action.operate("retry", OperatedAction.branch(parked), "the database was repaired")
                        .status())
                .isEqualTo(200);
        action.awaitBranch(xid, "PARKED");

        faults.letSell();
        assertThat(action.operate("retry", OperatedAction.branch(parked), "now it was")
                        .status())
                .isEqualTo(200);
        databases.awaitFence("stock_svc", xid, "COMMITTED");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(1_000, 999, 0, 1));
        assertThat(audited("RETRY", xid)).isEqualTo(2);
        assertThat(action.operate("retry", OperatedAction.branch(parked), "once more")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aParkedConfirmThatAPersonHasDoneByHandIsResolvedWithAReason() {
        action.policy("initial-delay: 100ms", "max-delay: 300ms", "deadline: 1s");
        action.awaitPolicy("deadline", "PT1S");
        faults.refuseToSell(sku);
        String order = stuck();
        String xid = databases.xidOf(order);
        JsonNode parked = action.awaitBranch(xid, "PARKED");
        faults.letSell();
        faults.execute("""
                update stock_svc.stock s join stock_svc.reservation r on r.sku = s.sku
                set s.reserved = s.reserved - r.quantity, s.sold = s.sold + r.quantity,
                    r.status = 'SOLD', r.decided_at = utc_timestamp(3)
                where r.order_id = '%s' and r.status = 'RESERVED'""".formatted(order));

        Answer unexplained = platform.call(
                "POST", action.tcc() + "/resolve", Map.of(), Platform.text(withOutcome(OperatedAction.branch(parked))));
        assertThat(unexplained.status()).isEqualTo(400);
        assertThat(action.operate("resolve", withOutcome(OperatedAction.branch(parked)), "sold by hand, ticket 4711")
                        .status())
                .isEqualTo(200);

        databases.awaitFence("stock_svc", xid, "COMMITTED");
        assertThat(audited("RESOLVE", xid)).isEqualTo(1);
        assertThat(databases.text("select reason from stock_svc.tcc_audit where xid = ?", xid))
                .isEqualTo("sold by hand, ticket 4711");
        awaitPaid(order);
    }

    @Test
    void aPausedActionIsNotAttemptedUntilItIsResumed() {
        assertThat(action.operate("pause", Map.of("action", ACTION), "the warehouse moves")
                        .status())
                .isEqualTo(200);
        String order;
        try {
            order = stuck();
            String xid = databases.xidOf(order);
            action.awaitBranch(xid, "SCHEDULED");
            assertThat(attempts(xid)).isZero();
            assertThat(databases.stock(sku).reserved()).isEqualTo(1);
        } finally {
            assertThat(action.operate("resume", Map.of("action", ACTION), "it has moved")
                            .status())
                    .isEqualTo(200);
        }
        awaitPaid(order);
        assertThat(audited("PAUSE", null) + audited("RESUME", null)).isGreaterThanOrEqualTo(2);
    }

    /** A new order that is decided, and whose stock.sell is not done. */
    private String stuck() {
        Answer answer = platform.order(buyer, new Line(sku, 1, 1_00));
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.orderId();
    }

    private void awaitPaid(String order) {
        await(order + " is paid")
                .atMost(Duration.ofSeconds(60))
                .until(() -> databases.orderStatus(order).equals("PAID"));
    }

    private long attempts(String xid) {
        return databases.number(
                "select attempts from stock_svc.tcc_fence_log where xid = ? and action_name = ?", xid, ACTION);
    }

    private long audited(String operation, String xid) {
        return xid == null
                ? databases.number("select count(*) from stock_svc.tcc_audit where operation = ?", operation)
                : databases.number(
                        "select count(*) from stock_svc.tcc_audit where operation = ? and xid = ?", operation, xid);
    }

    private double metric(String name) {
        return platform.get(stack.stock().managementUrl() + "/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(ACTION))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static Map<String, Object> withOutcome(Map<String, Object> branch) {
        Map<String, Object> more = new TreeMap<>(branch);
        more.put("outcome", "COMMITTED");
        return more;
    }
}

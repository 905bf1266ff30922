package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two instances of stock-svc on one database: they share the Confirms that fail, and one carries on when the other one dies. */
@OnThePlatform
@Order(51)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoInstancesIT {

    private static final String ACTION = "stock.reserve";
    private static final Pattern NAME = Pattern.compile("The retry scheduler works as (\\S+),");

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final DatabaseFaults faults;
    private final HoldfastService first;
    private final HoldfastService second;
    private final String buyer;
    private String sku;
    private OperatedAction action;

    TwoInstancesIT(Platform platform, Stack stack, Databases databases, DatabaseFaults faults) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.faults = faults;
        this.first = stack.stock();
        this.second = stack.second(first);
        this.buyer = platform.buyer(1_000_000);
    }

    @BeforeAll
    void delaysAreShort() {
        action = new OperatedAction(platform, first, ACTION);
        action.policy("initial-delay: 200ms", "max-delay: 1s");
    }

    /** The second one is nobody else's to start: also after a test that has killed it. */
    @BeforeEach
    void bothRun() {
        sku = platform.goods(1_000);
        if (!second.isRunning()) {
            platform.start(second);
        }
        action.awaitPolicy("maxDelay", "PT1S");
        platform.awaitOrdersArePaid();
        assertThat(instanceOf(second)).isNotEqualTo(instanceOf(first));
    }

    @AfterEach
    void goodsCanBeSold() {
        faults.letSell();
    }

    @AfterAll
    void thereIsOneInstanceAgain() {
        action.restorePolicy();
        platform.stop(second);
        await("nobody asks for the second one any more")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> Stream.generate(() -> platform.order(buyer, new Line(sku, 1, 1)))
                        .limit(6)
                        .allMatch(order -> order.orderStatus().equals("PAID")));
    }

    @Test
    void failingConfirmsAreSharedAndEachTakesEffectOnce() {
        faults.refuseToSell(sku);
        List<String> xids = new ArrayList<>();
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String order = stuck();
            orders.add(order);
            xids.add(databases.xidOf(order));
        }
        // The first attempt is whose the coordinator asks; from the second on the instances share them by themselves.
        await("both make attempts of the schedule")
                .atMost(Duration.ofSeconds(40))
                .until(() -> scheduledBy(first, xids) > 5 && scheduledBy(second, xids) > 5);
        faults.letSell();
        await("all are sold and paid")
                .atMost(Duration.ofSeconds(60))
                .until(() -> databases.stock(sku).equals(new Databases.Stock(1_000, 980, 0, 20))
                        && orders.stream()
                                .allMatch(order -> databases.orderStatus(order).equals("PAID")));

        for (String xid : xids) {
            assertThat(databases.fence("stock_svc", xid)).isEqualTo("COMMITTED");
            assertThat(databases.number(
                            "select attempts - (select count(*) from stock_svc.tcc_attempt a where a.xid = f.xid)"
                                    + " from stock_svc.tcc_fence_log f where f.xid = ?",
                            xid))
                    .as("attempts that were counted and not written down, or twice")
                    .isZero();
        }
    }

    @Test
    void whenOneIsKilledInAnAttemptTheOtherOneCarriesOn() {
        faults.refuseToSell(sku);
        String order = stuck();
        String xid = databases.xidOf(order);
        await("a failure that is written down")
                .atMost(Duration.ofSeconds(10))
                .until(() -> databases.number("select count(*) from stock_svc.tcc_attempt where xid = ?", xid) > 0);
        DatabaseFaults.Lock row = faults.holdStock(sku);
        row.awaitWaiting("stock-svc");
        String name = await("an attempt of the schedule that waits for the row")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(DatabaseFaults.POLL)
                .until(() -> row.isWaitedForBy("stock-svc") ? claimedBy(xid) : "", claim -> !claim.isEmpty());
        HoldfastService working = name.equals(instanceOf(first)) ? first : second;
        assertThat(name).isEqualTo(instanceOf(working));
        HoldfastService other = working == first ? second : first;

        platform.kill(working);
        assertThat(claimedBy(xid)).as("its claim outlives it").isEqualTo(name);
        // Not letSell while the row is held: dropping a trigger waits for whoever has the table open.
        row.release();
        faults.letSell();

        // Not only the order: the coordinator goes past the one that was killed, so the order may be PAID before its
        // goods are sold.
        await("the lease ends, and the other one takes the branch over")
                .atMost(Duration.ofSeconds(60))
                .until(() -> databases.fence("stock_svc", xid).equals("COMMITTED")
                        && databases.orderStatus(order).equals("PAID"));
        assertThat(working.isRunning()).as(working.name() + " runs").isFalse();
        assertThat(other.isRunning()).as(other.name() + " runs").isTrue();
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(1_000, 999, 0, 1));
        assertThat(platform.logOf(other).lines())
                .anyMatch(line -> line.contains("CONFIRM of " + ACTION + " took effect") && line.contains(xid));
    }

    /** A new order that is decided, and whose stock.sell is not done. */
    private String stuck() {
        Answer answer = platform.order(buyer, new Line(sku, 1, 1_00));
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.orderId();
    }

    private long scheduledBy(HoldfastService service, List<String> xids) {
        String instance = instanceOf(service);
        return xids.stream()
                .mapToLong(xid -> databases.number(
                        "select count(*) from stock_svc.tcc_attempt where xid = ? and number > 1 and instance = ?",
                        xid,
                        instance))
                .sum();
    }

    private String claimedBy(String xid) {
        return databases.text("select claimed_by from stock_svc.tcc_fence_log where xid = ?", xid);
    }

    /** As it names itself in its rows since its last start. */
    private String instanceOf(HoldfastService service) {
        return NAME.matcher(platform.logOf(service))
                .results()
                .reduce((earlier, later) -> later)
                .map(found -> found.group(1))
                .orElseThrow(() -> new AssertionError(service.name() + " has not told its name"));
    }
}

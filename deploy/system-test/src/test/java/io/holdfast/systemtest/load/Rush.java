package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** 200 orders for 50 pieces, by 20 buyers, all at once. */
final class Rush {

    private static final int ORDERS = 200;
    private static final int PIECES = 50;
    private static final int BUYERS = 20;
    private static final long PRICE = 3_00;
    private static final long DEPOSITED = ORDERS / BUYERS * PRICE;

    private final Platform platform;
    private final Databases databases;
    private final String sku;
    private final List<String> buyers;

    Rush(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
        this.sku = platform.goods(PIECES);
        this.buyers = IntStream.range(0, BUYERS)
                .mapToObj(i -> platform.buyer(DEPOSITED))
                .toList();
    }

    /** @param isolation that the transactions of the fence are to be seen under, as the database names it */
    void run(String isolation) throws InterruptedException {
        assertReservesUnder(isolation);
        long deadlocks = databases.deadlocks();
        Map<HoldfastService, Integer> logged = new HashMap<>();
        services()
                .forEach(service -> logged.put(service, platform.logOf(service).length()));
        Watch watch = Watch.over(databases);

        List<Answer> answers;
        try {
            answers = Crowd.of(ORDERS).everyone(i -> platform.order(buyers.get(i % BUYERS), new Line(sku, 1, PRICE)));
        } finally {
            watch.stop();
        }
        databases.awaitRestAndBalance();
        serveWhoRanOutOfTime(answers);

        assertThat(databases.deadlocks() - deadlocks)
                .as("deadlocks in the database; its status says: %s", databases.engineStatus())
                .isZero();
        services().forEach(service -> assertThat(platform.logOf(service).substring(logged.get(service)))
                .as("log of " + service.name())
                .doesNotContainIgnoringCase("deadlock"));
        assertThat(paid()).as("orders PAID").isEqualTo(PIECES);
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(PIECES, 0, 0, PIECES));
        assertThat(buyers.stream()
                        .mapToLong(buyer -> databases.account(buyer).spent())
                        .sum())
                .as("money spent")
                .isEqualTo(PIECES * PRICE);
        watch.assertBalancedThroughout();
    }

    private void assertReservesUnder(String isolation) {
        String wanted = platform.goods(1);
        String buyer = platform.buyer(PRICE);
        DatabaseFaults.Lock row = platform.faults().holdStock(wanted);
        platform.sendOrder(buyer, new Line(wanted, 1, PRICE));
        row.awaitWaiting("stock-svc");
        String seen = databases.text("""
                select t.trx_isolation_level from information_schema.innodb_trx t
                join information_schema.processlist p on p.id = t.trx_mysql_thread_id
                where p.user = 'stock_svc' and t.trx_state = 'LOCK WAIT'
                """);
        assertThat(seen).as("isolation of a Try").isEqualTo(isolation);
        row.release();
        await().atMost(Duration.ofSeconds(30)).until(() -> databases.ordersOf(buyer, "PAID") == 1);
    }

    /**
     * On a machine that is busy with something else an order may not be decided within its ten seconds. It is rolled back, as it
     * should be, and told so; its buyer orders again, as he would. Whoever was told that all is sold does not.
     */
    private void serveWhoRanOutOfTime(List<Answer> answers) {
        List<String> unserved = IntStream.range(0, ORDERS)
                .filter(i -> answers.get(i).status() == 503)
                .mapToObj(i -> buyers.get(i % BUYERS))
                .toList();
        assertThat(unserved.size())
                .as("orders that ran out of time; with so many this is no rush")
                .isLessThan(PIECES);
        assertThat(answers.stream().filter(answer -> answer.status() != 503))
                .extracting(answer -> answer.status() == 201 ? "sold" : answer.status() + " " + answer.code())
                .containsOnly("sold", "409 out-of-stock");
        long left = PIECES - paid();
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(PIECES, left, 0, PIECES - left));
        assertThat(left).as("pieces that are left").isBetween(0L, (long) unserved.size());
        unserved.stream().limit(left).forEach(buyer -> await("the buyer of what was left is served")
                .pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(60))
                .until(() -> platform.order(buyer, new Line(sku, 1, PRICE)).orderStatus(), "PAID"::equals));
    }

    private long paid() {
        return buyers.stream()
                .mapToLong(buyer -> databases.ordersOf(buyer, "PAID"))
                .sum();
    }

    private List<HoldfastService> services() {
        return List.of(
                platform.stack().order(),
                platform.stack().stock(),
                platform.stack().payment());
    }

    /** Checks the databases again and again while the orders run. */
    private static final class Watch {

        private final Databases databases;
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final List<Throwable> breaches = new ArrayList<>();
        private ScheduledFuture<?> looking;
        private int checks;

        private Watch(Databases databases) {
            this.databases = databases;
        }

        static Watch over(Databases databases) {
            Watch watch = new Watch(databases);
            watch.looking = watch.thread.scheduleWithFixedDelay(
                    watch::look, 0, DatabaseFaults.POLL.toMillis(), TimeUnit.MILLISECONDS);
            return watch;
        }

        private synchronized void look() {
            try {
                databases.assertBalancedAtEveryInstant();
                databases.assertNoOrderIsPaidWithoutItsMoney();
            } catch (AssertionError | RuntimeException breach) {
                breaches.add(breach);
            }
            checks++;
        }

        void stop() throws InterruptedException {
            looking.cancel(false);
            thread.shutdown();
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS))
                    .as("the watch has stopped")
                    .isTrue();
        }

        synchronized void assertBalancedThroughout() {
            assertThat(breaches)
                    .as("checks in which the databases did not balance")
                    .isEmpty();
            assertThat(checks).as("checks during the rush").isGreaterThan(1);
        }
    }
}

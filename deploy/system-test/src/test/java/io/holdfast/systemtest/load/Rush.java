package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localstack.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Books;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** 200 orders for 50 pieces, by 20 buyers, all at once. */
record Rush(Platform platform, Books books) {

    private static final int ORDERS = 200;
    private static final int PIECES = 50;
    private static final int BUYERS = 20;
    private static final long PRICE = 3_00;
    private static final long DEPOSITED = 10 * PRICE;

    /** @param isolation that the transactions of the fence are to be seen under, as the database names it */
    void run(String isolation) throws InterruptedException {
        String sku = platform.goods(PIECES);
        List<String> buyers = IntStream.range(0, BUYERS)
                .mapToObj(i -> platform.buyer(DEPOSITED))
                .toList();
        long deadlocks = books.deadlocks();
        Map<HoldfastService, Integer> logged = services().stream()
                .collect(Collectors.toMap(
                        Function.identity(), service -> platform.logOf(service).length()));
        Watch watch = Watch.over(books);

        List<Answer> answers;
        try {
            answers = Crowd.of(ORDERS).everyone(i -> platform.order(buyers.get(i % BUYERS), new Line(sku, 1, PRICE)));
        } finally {
            watch.stop();
        }
        books.awaitRestAndBalance();

        assertThat(books.number("select variable_value from information_schema.global_status"
                                + " where variable_name = 'INNODB_DEADLOCKS'")
                        - deadlocks)
                .as("deadlocks in the database; its status says: %s", books.engineStatus())
                .isZero();
        services().forEach(service -> assertThat(platform.logOf(service).substring(logged.get(service)))
                .as("log of " + service.name())
                .doesNotContainIgnoringCase("deadlock"));
        Map<Integer, Long> byStatus =
                answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting()));
        assertThat(byStatus).as("answers by status").isEqualTo(Map.of(201, (long) PIECES, 409, (long) ORDERS - PIECES));
        assertThat(answers.stream().filter(answer -> answer.status() == 409))
                .extracting(Answer::code)
                .containsOnly("out-of-stock");
        assertThat(books.stock(sku)).isEqualTo(new Books.Stock(PIECES, 0, 0, PIECES));
        assertThat(buyers.stream()
                        .mapToLong(buyer -> books.ordersOf(buyer, "PAID"))
                        .sum())
                .as("orders PAID")
                .isEqualTo(PIECES);
        assertThat(buyers.stream()
                        .mapToLong(buyer -> books.ordersOf(buyer, "REJECTED"))
                        .sum())
                .as("orders REJECTED")
                .isEqualTo(ORDERS - PIECES);
        assertThat(buyers.stream()
                        .mapToLong(buyer -> books.account(buyer).spent())
                        .sum())
                .as("money spent")
                .isEqualTo(PIECES * PRICE);
        watch.assertBalancedThroughout();
        assertThat(watch.isolations())
                .as("isolation of the services' transactions")
                .contains(isolation);
    }

    private List<HoldfastService> services() {
        return List.of(
                platform.stack().order(),
                platform.stack().stock(),
                platform.stack().payment());
    }

    /** Looks into the books again and again while the orders run. */
    private static final class Watch {

        private final Books books;
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final Set<String> isolations = new TreeSet<>();
        private final List<AssertionError> breaches = new ArrayList<>();
        private ScheduledFuture<?> looking;
        private int looks;

        private Watch(Books books) {
            this.books = books;
        }

        static Watch over(Books books) {
            Watch watch = new Watch(books);
            watch.looking = watch.thread.scheduleWithFixedDelay(watch::look, 0, 50, TimeUnit.MILLISECONDS);
            return watch;
        }

        private synchronized void look() {
            String isolation = books.text("""
                    select t.trx_isolation_level from information_schema.innodb_trx t
                    join information_schema.processlist p on p.id = t.trx_mysql_thread_id
                    where p.user in ('stock_svc', 'payment_svc') and t.trx_rows_modified > 0 limit 1
                    """);
            if (!isolation.isEmpty()) {
                isolations.add(isolation);
            }
            try {
                books.assertBalancedAtEveryInstant();
                books.assertNoOrderIsPaidWithoutItsMoney();
            } catch (AssertionError breach) {
                breaches.add(breach);
            }
            looks++;
        }

        void stop() throws InterruptedException {
            looking.cancel(false);
            thread.shutdown();
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }

        synchronized void assertBalancedThroughout() {
            assertThat(breaches).as("looks at which the books did not balance").isEmpty();
            assertThat(looks).as("looks into the books during the rush").isGreaterThan(5);
        }

        synchronized Set<String> isolations() {
            return Set.copyOf(isolations);
        }
    }
}

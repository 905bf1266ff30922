package io.holdfast.load.bench;

import io.holdfast.load.http.Answer;
import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.InParallel;
import io.holdfast.load.platform.Platform;
import io.holdfast.localplatform.part.ComparisonService;
import io.holdfast.localplatform.part.MariaDb;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The three services that Holdfast is compared with, in processes of their own on the same database server and with the same
 * coordinator. They run as long as they are needed; nothing of them stays.
 */
final class Comparison implements AutoCloseable {

    /** Three local commits, no coordinator. */
    static final String PLAIN = "plain";

    /** Seata's TCC mode with its own fence. */
    static final String TCC = "tcc";

    /** Seata's AT mode. */
    static final String AT = "at";

    private static final List<String> WAYS = List.of(PLAIN, TCC, AT);
    private static final String USER = "comparison";
    private static final int SKUS = 1_000;
    private static final int FIRST_TRIES = 10;
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(90);

    private final BenchmarkContext context;
    private final Databases databases;
    private final List<ComparisonService> services;
    private final String ordersUrl;
    private final Thread hook = new Thread(this::leaveNothing, "stop what Holdfast is compared with");

    private Comparison(BenchmarkContext context, Databases databases, List<ComparisonService> services) {
        this.context = context;
        this.databases = databases;
        this.services = services;
        this.ordersUrl = services.stream()
                .filter(service -> service.role().equals("order"))
                .map(ComparisonService::url)
                .findFirst()
                .orElseThrow();
    }

    static Comparison start(BenchmarkContext context, Databases databases) throws IOException, InterruptedException {
        Platform platform = context.platform();
        Comparison comparison =
                new Comparison(context, databases, platform.stack().comparison());
        // What a run that was killed left behind.
        comparison.leaveNothing();
        // Ctrl-C, a closed terminal or a SIGTERM: nothing stays all the same.
        Runtime.getRuntime().addShutdownHook(comparison.hook);
        boolean ready = false;
        try {
            String password = UUID.randomUUID().toString();
            databases.execute("create user '%s'@'127.0.0.1' identified by '%s'".formatted(USER, password));
            for (ComparisonService service : comparison.services) {
                databases.execute("create database " + schemaOf(service));
                databases.execute(
                        "grant all privileges on %s.* to '%s'@'127.0.0.1'".formatted(schemaOf(service), USER));
            }
            MariaDb database = platform.stack().database();
            InParallel.forEach(
                    comparison.services,
                    service -> service.start(Map.of(
                            "HOLDFAST_DB_URL",
                                    database.rootAccess(schemaOf(service)).jdbcUrl(),
                            "HOLDFAST_DB_USER", USER,
                            "HOLDFAST_DB_PASSWORD", password)),
                    done -> {});
            for (String way : WAYS) {
                comparison.stockUp(way);
            }
            ready = true;
            return comparison;
        } finally {
            if (!ready) {
                comparison.close();
            }
        }
    }

    private void stockUp(String way) {
        databases.execute("""
                insert into comparison_stock.stock (sku, received, available)
                select concat('%s-', seq), %d, %d from seq_0_to_%d
                """.formatted(way, BenchmarkContext.PLENTY, BenchmarkContext.PLENTY, SKUS - 1));
        databases.execute("""
                insert into comparison_payment.account (account, deposited, balance)
                select concat('%s:%s', lpad(seq, 6, '0')), %d, %d from seq_0_to_%d
                """.formatted(
                        way,
                        context.buyerPrefix(),
                        BenchmarkContext.PLENTY,
                        BenchmarkContext.PLENTY,
                        BenchmarkContext.BUYERS - 1));
    }

    /** Orders of one piece each, over 1,000 SKUs. */
    Work orders(String way) throws IOException {
        return new Orders(way, sku -> way + "-" + sku % SKUS).first();
    }

    /**
     * SKUs beside those that {@link #orders} sells.
     *
     * @return the orders for it
     */
    Work ordersOf(String way, String sku) {
        databases.execute("insert ignore into comparison_stock.stock (sku, received, available) values ('%s', %d, %d)"
                .formatted(sku, BenchmarkContext.PLENTY, BenchmarkContext.PLENTY));
        return new Orders(way, number -> sku);
    }

    private interface Skus {
        String of(long number);
    }

    private final class Orders implements Work {

        private final String way;
        private final Skus skus;

        private Orders(String way, Skus skus) {
            this.way = way;
            this.skus = skus;
        }

        /**
         * One alone, until it is served: Feign fails first calls that come at the same time, and the first statement in AT mode takes
         * longer than a call may.
         */
        private Orders first() throws IOException {
            for (int i = 0; i < FIRST_TRIES; i++) {
                if (attempt(0, 1, i) == Result.COUNTED) {
                    return this;
                }
            }
            throw new IOException("the first orders of the way " + way + " were not served");
        }

        @Override
        public Result attempt(int client, int clients, long attempt) throws IOException {
            long number = OrdersOverHttp.spread(client, attempt);
            Answer answer = context.calls()
                    .post(
                            ordersUrl + "/" + way + "/orders",
                            context.tokenFor(client, clients, attempt),
                            context.newKey(),
                            "{\"sku\":\"%s\",\"quantity\":1}".formatted(skus.of(number)));
            if (answer.status() == 201) {
                return Result.COUNTED;
            }
            if (answer.isBusy()) {
                return Result.NOT_SERVED;
            }
            throw new IOException(answer.toString());
        }

        @Override
        public List<String> breaches() throws InterruptedException {
            return Comparison.this.breaches(way);
        }
    }

    /** I1 per SKU and I2 per account of one way, once nothing of it is in flight. */
    private List<String> breaches(String way) throws InterruptedException {
        List<String> breaches = new ArrayList<>();
        long open = awaitEnded(way);
        if (open > 0) {
            breaches.add(open + " orders or branches are undecided after " + ENDED_WITHIN.toSeconds() + " s");
        }
        databases.rows("""
                select s.sku, s.received, s.available, s.reserved, s.sold, coalesce(p.pieces, 0) as paid
                from comparison_stock.stock s left join (
                    select sku, sum(quantity) as pieces from comparison_order.orders
                    where status = 'PAID' group by sku) as p on p.sku = s.sku
                where s.sku like concat(?, '-%') and (s.received <> s.available + s.reserved + s.sold
                    or s.reserved <> 0 or s.sold <> coalesce(p.pieces, 0))
                """, way).forEach(row -> breaches.add("I1 " + row));
        databases.rows("""
                select a.account, a.deposited, a.balance, a.frozen, a.spent, coalesce(p.total, 0) as paid
                from comparison_payment.account a left join (
                    select account, sum(total_minor) as total from comparison_order.orders
                    where status = 'PAID' group by account) as p on p.account = a.account
                where a.account like concat(?, ':%') and (a.deposited <> a.balance + a.frozen + a.spent
                    or a.frozen <> 0 or a.spent <> coalesce(p.total, 0))
                """, way).forEach(row -> breaches.add("I2 " + row));
        return breaches;
    }

    private long awaitEnded(String way) throws InterruptedException {
        Instant end = Instant.now().plus(ENDED_WITHIN);
        long open = open(way);
        while (open > 0 && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(200);
            open = open(way);
        }
        return open;
    }

    /** Of Seata AT, which has no such status, also what it could still undo: a rollback goes on after the answer to the buyer. */
    private long open(String way) {
        return databases.number("""
                select (select count(*) from comparison_order.orders where account like concat(?, ':%') and status = 'PLACED')
                    + (select count(*) from comparison_stock.reservation where sku like concat(?, '-%') and status = 'RESERVED')
                    + (select count(*) from comparison_payment.payment where account like concat(?, ':%') and status = 'OPEN')
                    + (select count(*) from comparison_order.undo_log where log_status = 0)
                    + (select count(*) from comparison_stock.undo_log where log_status = 0)
                    + (select count(*) from comparison_payment.undo_log where log_status = 0)
                """, way, way, way);
    }

    private static String schemaOf(ComparisonService service) {
        return "comparison_" + service.role();
    }

    @Override
    public void close() {
        leaveNothing();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then it runs, and finds nothing left.
        }
    }

    private synchronized void leaveNothing() {
        try {
            InParallel.forEach(services, ComparisonService::stop, done -> {});
        } catch (IOException e) {
            throw new IllegalStateException("what Holdfast is compared with does not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        services.forEach(service -> databases.execute("drop database if exists " + schemaOf(service)));
        databases.execute("drop user if exists '%s'@'127.0.0.1'".formatted(USER));
    }
}

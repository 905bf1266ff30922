package io.holdfast.tcc.retry;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.retry.StockAction.Operation;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** The real fence on a real database, set up as a service has it, with a little business behind it. */
final class FenceBench implements AutoCloseable {

    static final String XID = "10.0.0.1:8091:7001";
    static final String SKU = "sku-00";
    static final long RECEIVED = 1_000_000;
    static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final int SKUS = 40;
    /** The jitter at its longest, so that a test can say when something is due. */
    static final RandomGenerator MAX_DELAYS = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long origin, long bound) {
            return bound - 1;
        }
    };

    private static final Method SELL = confirmMethod("sell");
    private static final Method RELEASE = confirmMethod("release");

    final TestDatabase database;
    private final HikariDataSource pool;
    final CountingDataSource dataSource;
    final JdbcTemplate jdbc;
    final MeterRegistry registry = new SimpleMeterRegistry();
    final MutableClock clock = new MutableClock(START);
    final PausableTransactionManager transactionManager;
    final StockAction action;
    final Actions actions = new Actions();
    final Policies policies = new Policies();
    RetryProperties phaseTwoSettings = RetryProperties.DEFAULT;
    private final List<Instance> fences = new CopyOnWriteArrayList<>();
    private final TestSchema schema;

    FenceBench(TestDatabase database, int connections) throws SQLException {
        this.database = database;
        this.schema = database.newSchema("fence");
        schema.runScript("fence.sql");
        schema.run("""
                create table stock (
                    sku varchar(20) not null primary key,
                    available bigint not null check (available >= 0),
                    reserved bigint not null check (reserved >= 0),
                    sold bigint not null check (sold >= 0)
                );
                create table reservation (
                    xid varchar(128) not null, branch_id bigint not null, sku varchar(20) not null, quantity int not null,
                    primary key (xid, branch_id)
                );
                create table effect (
                    xid varchar(128) not null, branch_id bigint not null, operation varchar(20) not null
                );
                """);
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(schema.url());
        settings.setUsername(schema.user());
        settings.setPassword(schema.password());
        settings.setMaximumPoolSize(connections);
        settings.setMinimumIdle(1);
        // As the services have it: what is not committed by a transaction of its own is lost.
        settings.setAutoCommit(false);
        if (schema.folder().equals("mysql")) {
            // The driver knows what it has set, and asks nobody.
            settings.addDataSourceProperty("useLocalSessionState", "true");
        }
        // The fence has to choose its isolation itself.
        settings.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        this.pool = new HikariDataSource(settings);
        this.dataSource = new CountingDataSource(pool);
        this.jdbc = new JdbcTemplate(dataSource);
        this.transactionManager = new PausableTransactionManager(dataSource);
        this.action = new StockAction(jdbc);
        erase();
    }

    /** Back to the state before the first test. */
    void erase() throws SQLException {
        closeFences();
        action.disturb((operation, context) -> {});
        actions.byName.clear();
        actions.put(StockAction.NAME, action);
        policies.byName.clear();
        policies.failing.clear();
        phaseTwoSettings = RetryProperties.DEFAULT;
        transactionManager.beforeCommit(() -> {});
        registry.clear();
        clock.set(START);
        schema.run("""
                delete from effect;
                delete from reservation;
                delete from tcc_fence_log;
                delete from tcc_attempt;
                delete from tcc_paused_action;
                delete from tcc_audit;
                delete from stock;
                insert into stock (sku, available, reserved, sold) values %s;
                """.formatted(IntStream.range(0, SKUS)
                .mapToObj(n -> "('%s', %d, 0, 0)".formatted(sku(n), RECEIVED))
                .collect(Collectors.joining(", "))));
    }

    void execute(String sql) throws SQLException {
        schema.run(sql);
    }

    /** Each one is another instance of the service, or the same after a restart: nothing is shared but the database. */
    Instance fence() {
        return fence(Isolation.READ_COMMITTED);
    }

    Instance fence(Isolation isolation) {
        return fence(new FenceProperties(isolation, Duration.ofDays(7), Duration.ofMinutes(10), 500));
    }

    Instance fence(FenceProperties settings) {
        return fence(settings, dataSource, "instance-" + fences.size());
    }

    /** Another instance of the service, or the same one after a restart: nothing is shared but the database. */
    Instance fence(FenceProperties properties, DataSource connections, String name) {
        return fence(properties, connections, new AttemptThreads(phaseTwoSettings.threads()), name);
    }

    /** @param executor where its attempts run */
    Instance fence(FenceProperties properties, DataSource connections, AttemptExecutor executor, String name) {
        Instance fence = new Instance(
                new FenceDatabase("dataSource", connections, transactionManager),
                properties,
                phaseTwoSettings,
                actions,
                policies,
                new FenceMetrics(registry),
                clock,
                executor,
                name);
        fences.add(fence);
        return fence;
    }

    /** Starts what is due by the clock of the test and waits for its end. */
    void runDue(Instance fence) {
        try {
            fence.schedule().poll();
            if (!fence.schedule().awaitIdle(Duration.ofSeconds(30))) {
                throw new IllegalStateException("An attempt does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The actions of the service, for the attempts that the schedule makes. */
    static final class Actions implements TccActions {

        private final Map<String, TccAction> byName = new ConcurrentHashMap<>();

        void put(String name, Object bean) {
            byName.put(name, new TccAction(name, bean, SELL, RELEASE, context -> new Object[] {context}, context ->
                    new Object[] {context}));
        }

        @Override
        public Set<String> names() {
            return Set.copyOf(byName.keySet());
        }

        @Override
        public Optional<TccAction> find(String name) {
            return Optional.ofNullable(byName.get(name));
        }
    }

    /** Policies that a test may change at any time. */
    static final class Policies implements ActionPolicies {

        private final Map<String, ActionPolicy> byName = new ConcurrentHashMap<>();

        void put(String action, ActionPolicy policy) {
            byName.put(action, policy);
        }

        private final Set<String> failing = ConcurrentHashMap.newKeySet();
        private final Set<String> failingWithErrors = ConcurrentHashMap.newKeySet();

        void failFor(String action) {
            failing.add(action);
        }

        void failWithAnErrorFor(String action) {
            failingWithErrors.add(action);
        }

        @Override
        public ActionPolicy of(String action) {
            if (failing.contains(action)) {
                throw new IllegalStateException("no policy for " + action);
            }
            if (failingWithErrors.contains(action)) {
                throw new NoClassDefFoundError("policy of " + action);
            }
            return byName.getOrDefault(action, ActionPolicy.DEFAULT);
        }
    }

    // The calls, as Seata makes them

    Object tryReserve(Instance fence, String xid, long branchId, String sku) {
        BusinessActionContext context = context(xid, branchId);
        return fence.prepareFence(xid, branchId, StockAction.NAME, () -> action.reserve(context, sku));
    }

    boolean confirm(Instance fence, String xid, long branchId) {
        return fence.commitFence(SELL, action, xid, branchId, new Object[] {context(xid, branchId)});
    }

    boolean cancel(Instance fence, String xid, long branchId) {
        return fence.rollbackFence(
                RELEASE, action, xid, branchId, new Object[] {context(xid, branchId)}, StockAction.NAME);
    }

    static BusinessActionContext context(String xid, long branchId) {
        BusinessActionContext context = new BusinessActionContext(xid, Long.toString(branchId), Map.of());
        context.setActionName(StockAction.NAME);
        return context;
    }

    static Method confirmMethod(String name) {
        try {
            return StockAction.class.getMethod(name, BusinessActionContext.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    // What can be seen afterwards; each look is a transaction of its own

    /** @return null if there is no row */
    FenceRow row(long branchId) {
        List<FenceRow> rows = rows("where xid = '" + XID + "' and branch_id = " + branchId);
        return rows.isEmpty() ? null : rows.get(0);
    }

    List<FenceRow> rows(String where) {
        return jdbc.query(
                """
                select xid, branch_id, action_name, status, gmt_create, gmt_modified, attempts, last_error,
                    next_attempt_at
                from tcc_fence_log %s
                """.formatted(where),
                (row, n) -> new FenceRow(
                        row.getString("xid"),
                        row.getLong("branch_id"),
                        row.getString("action_name"),
                        FenceStatus.of(row.getInt("status")),
                        row.getObject("gmt_create", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        row.getObject("gmt_modified", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        row.getInt("attempts"),
                        row.getString("last_error")));
    }

    record FenceRow(
            String xid,
            long branchId,
            String action,
            FenceStatus status,
            Instant created,
            Instant modified,
            int attempts,
            String lastError) {}

    List<Operation> effectsOf(long branchId) {
        return jdbc
                .queryForList(
                        "select operation from effect where xid = ? and branch_id = ? order by operation desc",
                        String.class,
                        XID,
                        branchId)
                .stream()
                .map(Operation::valueOf)
                .toList();
    }

    long count(String sql) {
        Long count = jdbc.queryForObject(sql, Long.class);
        return count == null ? 0 : count;
    }

    /** Available, reserved and sold goods of all SKUs. */
    record Stock(long available, long reserved, long sold) {}

    Stock stock() {
        return jdbc.queryForObject(
                "select sum(available), sum(reserved), sum(sold) from stock",
                (row, n) -> new Stock(row.getLong(1), row.getLong(2), row.getLong(3)));
    }

    static Stock stockWith(long reserved, long sold) {
        return new Stock(RECEIVED * SKUS - reserved - sold, reserved, sold);
    }

    long counted(FenceOutcome outcome) {
        Counter counter = registry.find("holdfast.tcc.fence")
                .tags("action", StockAction.NAME, "outcome", outcome.tag())
                .counter();
        return counter == null ? 0 : Math.round(counter.count());
    }

    /** All that was counted, whatever the action. */
    Map<FenceOutcome, Long> countedOutcomes() {
        return registry.find("holdfast.tcc.fence").counters().stream()
                .collect(Collectors.toMap(
                        counter -> Arrays.stream(FenceOutcome.values())
                                .filter(outcome ->
                                        outcome.tag().equals(counter.getId().getTag("outcome")))
                                .findFirst()
                                .orElseThrow(),
                        counter -> Math.round(counter.count()),
                        Long::sum));
    }

    static String sku(int n) {
        return "sku-%02d".formatted(Math.floorMod(n, SKUS));
    }

    @Override
    public void close() {
        closeFences();
        pool.close();
    }

    private void closeFences() {
        fences.forEach(fence -> fence.schedule().close());
        fences.clear();
    }

    /** Lets a test do something, or wait, at the moment before a commit. */
    static final class PausableTransactionManager extends JdbcTransactionManager {

        private static final long serialVersionUID = 1L;

        private transient volatile Runnable beforeCommit = () -> {};

        PausableTransactionManager(DataSource dataSource) {
            super(dataSource);
        }

        void beforeCommit(Runnable action) {
            this.beforeCommit = action;
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            beforeCommit.run();
            super.doCommit(status);
        }
    }
}

package io.holdfast.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.reconciliation.CheckRun.Outcome;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What a reconciler does with what its checks find, on a real database. */
abstract class ReconcilerAcceptance {

    private static final String SCRIPT = "io/holdfast/reconciliation/schema/{database}/V1__reconciliation.sql";

    private static final Duration LEASE = Duration.ofMinutes(5);

    private final TestSchema schema;
    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedCheck check = new ScriptedCheck("parts");
    private HikariDataSource pool;
    private ReconciliationTable table;

    ReconcilerAcceptance(TestSchema schema) {
        this.schema = schema;
    }

    @BeforeEach
    void emptyTables() throws SQLException {
        schema.run("drop table if exists reconciliation_check;\ndrop table if exists reconciliation_finding;\n");
        schema.runResource(SCRIPT);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(schema.url());
        config.setUsername(schema.user());
        config.setPassword(schema.password());
        config.setAutoCommit(false);
        pool = new HikariDataSource(config);
        table = new ReconciliationTable(JdbcClient.create(pool));
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void theScriptMayBeRunAgainAndKeepsWhatWasFound() throws SQLException {
        schema.run("insert into reconciliation_finding"
                + " (check_name, subject, state, detail, first_seen, last_seen, times_seen)"
                + " values ('c', 's', 'OPEN', 'd', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 2)");

        schema.runResource(SCRIPT);

        assertThat(table.inState(FindingState.OPEN, 10)).singleElement().satisfies(open -> {
            assertThat(open.check()).isEqualTo("c");
            assertThat(open.subject()).isEqualTo("s");
        });
        assertThatThrownBy(() -> schema.run("update reconciliation_finding set state = 'CLOSED'"))
                .hasMessageContaining("reconciliation_finding_closed");
    }

    @Test
    void whatIsSeenOnceMayBeARaceAndIsOpenWhenItIsSeenAgain() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "3 are missing"));

        reconciler.runAll();
        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.SUSPECTED));
        assertThat(gauge(ReconciliationMetrics.FINDINGS)).isZero();

        clock.pass(Duration.ofMinutes(1));
        check.finds(new Finding("sku-1", "4 are missing"));
        reconciler.runAll();
        assertThat(table.notClosed("parts")).singleElement().satisfies(open -> {
            assertThat(open.state()).isEqualTo(FindingState.OPEN);
            assertThat(open.detail()).isEqualTo("4 are missing");
            assertThat(open.firstSeen()).isEqualTo("2026-03-01T10:00:00Z");
            assertThat(open.lastSeen()).isEqualTo("2026-03-01T10:01:00Z");
            assertThat(open.timesSeen()).isEqualTo(2);
        });
        assertThat(gauge(ReconciliationMetrics.FINDINGS)).isEqualTo(1);
    }

    @Test
    void whatACertainCheckSeesIsOpenAtOnceAndOverWhenItIsNotSeenAgain() {
        Reconciler reconciler = reconciler(check);
        check.isCertain();
        check.finds(new Finding("sku-1", "3 are missing"));

        reconciler.runAll();

        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.OPEN));
        assertThat(gauge(ReconciliationMetrics.FINDINGS)).isEqualTo(1);
        check.finds();
        reconciler.runAll();
        assertThat(states()).isEmpty();
    }

    @Test
    void whatIsSeenMoreOftenThanCanBeCountedStaysOpenAndCanBeClosed() throws SQLException {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "3 are missing"));
        reconciler.runAll();
        reconciler.runAll();
        schema.run("update reconciliation_finding set times_seen = 2147483647;");

        clock.pass(Duration.ofMinutes(1));
        check.finds(new Finding("sku-1", "4 are missing"));
        reconciler.runAll();

        assertThat(table.notClosed("parts")).singleElement().satisfies(open -> {
            assertThat(open.timesSeen()).isEqualTo(Integer.MAX_VALUE);
            assertThat(open.detail()).isEqualTo("4 are missing");
            assertThat(open.lastSeen()).isEqualTo(clock.instant());
        });
        check.finds();
        reconciler.runAll();
        assertThat(table.notClosed("parts")).isEmpty();
    }

    @Test
    void whatIsNotFoundAnyMoreIsClosedAndMayComeBackAsANewSuspicion() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "x"));
        reconciler.runAll();
        reconciler.runAll();

        check.finds();
        reconciler.runAll();
        assertThat(table.notClosed("parts")).isEmpty();
        assertThat(table.inState(FindingState.CLOSED, 10))
                .singleElement()
                .satisfies(closed -> assertThat(closed.closedAt()).isEqualTo(clock.instant()));

        check.finds(new Finding("sku-1", "again"));
        reconciler.runAll();
        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.SUSPECTED));
    }

    @Test
    void aSuspicionThatIsNotConfirmedIsForgotten() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "a race"));
        reconciler.runAll();
        check.finds();
        reconciler.runAll();

        assertThat(states()).isEmpty();
        assertThat(table.inState(FindingState.CLOSED, 10)).isEmpty();
    }

    @Test
    void whatCanBeMendedIsMendedOnceAndOnlyWhenItIsCertain() {
        AtomicInteger repairs = new AtomicInteger();
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "still held", () -> "released, time " + repairs.incrementAndGet()));

        reconciler.runAll();
        assertThat(repairs).hasValue(0);
        reconciler.runAll();
        reconciler.runAll();

        assertThat(repairs).hasValue(1);
        assertThat(table.notClosed("parts")).singleElement().satisfies(open -> {
            assertThat(open.repair()).isEqualTo("released, time 1");
            assertThat(open.repairedAt()).isNotNull();
        });
        assertThat(registry.counter(ReconciliationMetrics.REPAIRS, "check", "parts")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aMendThatFailsIsTriedAgain() {
        AtomicInteger repairs = new AtomicInteger();
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "still held", () -> {
            if (repairs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first one fails");
            }
            return "done";
        }));
        reconciler.runAll();
        reconciler.runAll();
        assertThat(table.notClosed("parts").get(0).repair()).isNull();

        reconciler.runAll();
        assertThat(table.notClosed("parts").get(0).repair()).isEqualTo("done");
    }

    @Test
    void oneInstanceLooksAtATime() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        check.does(state -> {
            running.countDown();
            awaitLatch(goOn);
            return CheckResult.ofEverything(List.of(), 0);
        });
        Reconciler one = reconciler(check);
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> first = thread.submit(one::runAll);
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(other.runAll()).isZero();
            assertThat(sameCheck.runs()).isZero();

            goOn.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(other.runAll()).isEqualTo(1);
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void whoWasKilledInTheMiddleLeavesALeaseThatEnds() {
        Reconciler killed = reconciler(check);
        check.does(state -> {
            throw new ThisProcessWasKilled();
        });
        assertThatThrownBy(killed::runAll).isInstanceOf(ThisProcessWasKilled.class);
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);

        assertThat(other.runAll()).isZero();
        clock.pass(LEASE.plusMillis(1));
        assertThat(other.runAll()).isEqualTo(1);
    }

    @Test
    void anErrorInOneCheckEndsNeitherTheOthersNorTheRounds() {
        check.does(state -> {
            throw new NoClassDefFoundError("of this check alone");
        });
        ScriptedCheck other = new ScriptedCheck("others");
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        ReconciliationProperties always = new ReconciliationProperties(
                true, Duration.ZERO, Duration.ofMillis(10), Duration.ofMinutes(1), LEASE, Duration.ofDays(30));
        Reconciler reconciler = new Reconciler(
                List.of(check, other), table, transaction, always, new ReconciliationMetrics(registry), clock);
        reconciler.start();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                clock.pass(LEASE.plusMinutes(2));
                return check.runs() >= 2 && other.runs() >= 2;
            });
        } finally {
            reconciler.stop();
        }
    }

    @Test
    void whoHasLostTheLeaseConcludesNothing() {
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);
        check.does(state -> {
            clock.pass(LEASE.plusMillis(1));
            other.runAll();
            return new CheckResult(
                    List.of(new Finding("old", "what is long over")), true, "too-late", 1, new TreeMap<>());
        });

        reconciler(check).runAll();

        assertThat(sameCheck.runs()).isEqualTo(1);
        assertThat(states()).isEmpty();
        assertThat(table.cursor("parts")).isEmpty();
        assertThat(table.run("parts").orElseThrow().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aNeighbourThatIsAwayIsNoFindingAndClosesNone() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "x"));
        reconciler.runAll();
        reconciler.runAll();
        Instant completed = clock.instant();
        clock.pass(Duration.ofMinutes(2));

        check.does(state -> {
            throw new NotCompletedException("stock-svc does not answer");
        });
        reconciler.runAll();

        assertThat(states()).containsExactly(Map.entry("order-1", FindingState.OPEN));
        CheckRun run = table.run("parts").orElseThrow();
        assertThat(run.outcome()).isEqualTo(Outcome.NOT_COMPLETED);
        assertThat(run.error()).isEqualTo("stock-svc does not answer");
        assertThat(run.completedAt()).isEqualTo(completed);
        assertThat(gauge(ReconciliationMetrics.AGE)).isEqualTo(120);
    }

    @Test
    void aCheckThatFailsStopsNoOtherOne() {
        ScriptedCheck broken = new ScriptedCheck("broken");
        broken.does(state -> {
            throw new IllegalStateException("a defect, with a secret in its text");
        });

        assertThat(reconciler(broken, check).runAll()).isEqualTo(2);

        assertThat(check.runs()).isEqualTo(1);
        assertThat(table.run("broken").orElseThrow())
                .extracting(CheckRun::outcome, CheckRun::error)
                .containsExactly(Outcome.FAILED, "IllegalStateException");
    }

    @Test
    void aCheckThatWalksGoesOnWhereItEndedAndIsToldWhatIsOpen() {
        Reconciler reconciler = reconciler(check);
        List<CheckState> states = new ArrayList<>();
        check.does(state -> {
            states.add(state);
            List<Finding> findings = states.size() == 3 ? List.of() : List.of(new Finding("order-1", "x"));
            return new CheckResult(
                    findings, states.size() < 4, "page-" + states.size(), 7, new TreeMap<>(Map.of("n", 7L)));
        });

        reconciler.runAll();
        reconciler.runAll();
        reconciler.runAll();
        reconciler.runAll();

        assertThat(states)
                .containsExactly(
                        new CheckState("", List.of()),
                        new CheckState("page-1", List.of("order-1")),
                        new CheckState("page-2", List.of("order-1")),
                        new CheckState("page-3", List.of()));
        CheckRun run = table.run("parts").orElseThrow();
        assertThat(run.looked()).isEqualTo(7);
        assertThat(run.figures()).containsExactly(Map.entry("n", 7L));
        assertThat(registry.get(ReconciliationMetrics.FIGURE)
                        .tags("check", "parts", "figure", "n")
                        .gauge()
                        .value())
                .isEqualTo(7);
    }

    @Test
    void whatCouldNotBeLookedAtStaysOpen() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "x"));
        reconciler.runAll();
        reconciler.runAll();
        check.does(state -> new CheckResult(List.of(), false, "", 0, new TreeMap<>()));

        reconciler.runAll();

        assertThat(states()).containsExactly(Map.entry("order-1", FindingState.OPEN));
    }

    @Test
    void closedFindingsAreForgottenAfterTheirTime() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "x"));
        reconciler.runAll();
        reconciler.runAll();
        check.finds();
        reconciler.runAll();
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));

        assertThat(transaction.<Integer>execute(running -> table.forgetClosed(clock.instant(), 10)))
                .isZero();
        clock.pass(Duration.ofSeconds(1));
        assertThat(transaction.<Integer>execute(running -> table.forgetClosed(clock.instant(), 10)))
                .isEqualTo(1);
        assertThat(table.inState(FindingState.CLOSED, 10)).isEmpty();
    }

    private Reconciler reconciler(Check... checks) {
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        ReconciliationProperties settings = new ReconciliationProperties(
                false, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(1), LEASE, Duration.ofDays(30));
        return new Reconciler(
                List.of(checks), table, transaction, settings, new ReconciliationMetrics(registry), clock);
    }

    private List<Map.Entry<String, FindingState>> states() {
        return table.notClosed("parts").stream()
                .map(finding -> Map.entry(finding.subject(), finding.state()))
                .toList();
    }

    private double gauge(String name) {
        return registry.get(name).tag("check", "parts").gauge().value();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody lets this check go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Passes everything that catches exceptions, as the end of a process does. */
    private static final class ThisProcessWasKilled extends Error {

        private static final long serialVersionUID = 1L;
    }

    private static final class ScriptedCheck implements Check {

        private final String name;
        private final AtomicInteger runs = new AtomicInteger();
        private volatile boolean certain;
        private volatile Function<CheckState, CheckResult> script = state -> CheckResult.ofEverything(List.of(), 0);

        ScriptedCheck(String name) {
            this.name = name;
        }

        void finds(Finding... findings) {
            does(state -> CheckResult.ofEverything(List.of(findings), findings.length));
        }

        void does(Function<CheckState, CheckResult> script) {
            this.script = script;
        }

        int runs() {
            return runs.get();
        }

        void isCertain() {
            certain = true;
        }

        @Override
        public boolean certain() {
            return certain;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String invariant() {
            return "I1";
        }

        @Override
        public String sentence() {
            return "The parts make the whole.";
        }

        @Override
        public CheckResult run(CheckState state) {
            runs.incrementAndGet();
            return script.apply(state);
        }
    }

    private static final class SettableClock extends Clock {

        private volatile Instant now;

        SettableClock(Instant now) {
            this.now = now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}

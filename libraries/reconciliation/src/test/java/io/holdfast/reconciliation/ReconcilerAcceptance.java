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
        schema.runScript("reconciliation.sql");
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
    void whatIsSeenOnceMayBeARaceAndIsOpenWhenItIsSeenAgain() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "3 are missing"));

        reconciler.lookAtAll();
        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.SUSPECTED));
        assertThat(gauge(ReconciliationMetrics.FINDINGS)).isZero();

        clock.pass(Duration.ofMinutes(1));
        check.finds(new Finding("sku-1", "4 are missing"));
        reconciler.lookAtAll();
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

        reconciler.lookAtAll();

        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.OPEN));
        assertThat(gauge(ReconciliationMetrics.FINDINGS)).isEqualTo(1);
        check.finds();
        reconciler.lookAtAll();
        assertThat(states()).isEmpty();
    }

    @Test
    void whatIsSeenMoreOftenThanCanBeCountedStaysOpenAndCanBeClosed() throws SQLException {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "3 are missing"));
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        schema.run("update reconciliation_finding set times_seen = 2147483647;");

        clock.pass(Duration.ofMinutes(1));
        check.finds(new Finding("sku-1", "4 are missing"));
        reconciler.lookAtAll();

        assertThat(table.notClosed("parts")).singleElement().satisfies(open -> {
            assertThat(open.timesSeen()).isEqualTo(Integer.MAX_VALUE);
            assertThat(open.detail()).isEqualTo("4 are missing");
            assertThat(open.lastSeen()).isEqualTo(clock.instant());
        });
        check.finds();
        reconciler.lookAtAll();
        assertThat(table.notClosed("parts")).isEmpty();
    }

    @Test
    void whatIsNotFoundAnyMoreIsClosedAndMayComeBackAsANewSuspicion() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "x"));
        reconciler.lookAtAll();
        reconciler.lookAtAll();

        check.finds();
        reconciler.lookAtAll();
        assertThat(table.notClosed("parts")).isEmpty();
        assertThat(table.inState(FindingState.CLOSED, 10))
                .singleElement()
                .satisfies(closed -> assertThat(closed.closedAt()).isEqualTo(clock.instant()));

        check.finds(new Finding("sku-1", "again"));
        reconciler.lookAtAll();
        assertThat(states()).containsExactly(Map.entry("sku-1", FindingState.SUSPECTED));
    }

    @Test
    void aSuspicionThatIsNotConfirmedIsForgotten() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("sku-1", "a race"));
        reconciler.lookAtAll();
        check.finds();
        reconciler.lookAtAll();

        assertThat(states()).isEmpty();
        assertThat(table.inState(FindingState.CLOSED, 10)).isEmpty();
    }

    @Test
    void whatCanBeMendedIsMendedOnceAndOnlyWhenItIsCertain() {
        AtomicInteger mends = new AtomicInteger();
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "still held", () -> "released, time " + mends.incrementAndGet()));

        reconciler.lookAtAll();
        assertThat(mends).hasValue(0);
        reconciler.lookAtAll();
        reconciler.lookAtAll();

        assertThat(mends).hasValue(1);
        assertThat(table.notClosed("parts")).singleElement().satisfies(open -> {
            assertThat(open.mend()).isEqualTo("released, time 1");
            assertThat(open.mendedAt()).isNotNull();
        });
        assertThat(registry.counter(ReconciliationMetrics.MENDS, "check", "parts")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aMendThatFailsIsTriedAgain() {
        AtomicInteger mends = new AtomicInteger();
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "still held", () -> {
            if (mends.incrementAndGet() == 1) {
                throw new IllegalStateException("the first one fails");
            }
            return "done";
        }));
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        assertThat(table.notClosed("parts").get(0).mend()).isNull();

        reconciler.lookAtAll();
        assertThat(table.notClosed("parts").get(0).mend()).isEqualTo("done");
    }

    @Test
    void oneInstanceLooksAtATime() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        check.does(memory -> {
            looking.countDown();
            awaitLatch(goOn);
            return Look.atAll(List.of(), 0);
        });
        Reconciler one = reconciler(check);
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> first = thread.submit(one::lookAtAll);
            assertThat(looking.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(other.lookAtAll()).isZero();
            assertThat(sameCheck.looks()).isZero();

            goOn.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(other.lookAtAll()).isEqualTo(1);
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void whoWasKilledInTheMiddleLeavesALeaseThatEnds() {
        Reconciler killed = reconciler(check);
        check.does(memory -> {
            throw new ThisProcessWasKilled();
        });
        assertThatThrownBy(killed::lookAtAll).isInstanceOf(ThisProcessWasKilled.class);
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);

        assertThat(other.lookAtAll()).isZero();
        clock.pass(LEASE.plusMillis(1));
        assertThat(other.lookAtAll()).isEqualTo(1);
    }

    @Test
    void anErrorInOneCheckEndsNeitherTheOthersNorTheRounds() {
        check.does(memory -> {
            throw new NoClassDefFoundError("of this check alone");
        });
        ScriptedCheck other = new ScriptedCheck("others");
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        ReconciliationSettings always = new ReconciliationSettings(
                true, Duration.ZERO, Duration.ofMillis(10), Duration.ofMinutes(1), LEASE, Duration.ofDays(30));
        Reconciler reconciler = new Reconciler(
                List.of(check, other), table, transaction, always, new ReconciliationMetrics(registry), clock);
        reconciler.start();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                clock.pass(LEASE.plusMinutes(2));
                return check.looks() >= 2 && other.looks() >= 2;
            });
        } finally {
            reconciler.stop();
        }
    }

    @Test
    void whoHasLostTheLeaseConcludesNothing() {
        ScriptedCheck sameCheck = new ScriptedCheck("parts");
        Reconciler other = reconciler(sameCheck);
        check.does(memory -> {
            clock.pass(LEASE.plusMillis(1));
            other.lookAtAll();
            return new Look(List.of(new Finding("old", "what is long over")), true, "too-late", 1, new TreeMap<>());
        });

        reconciler(check).lookAtAll();

        assertThat(sameCheck.looks()).isEqualTo(1);
        assertThat(states()).isEmpty();
        assertThat(table.cursor("parts")).isEmpty();
        assertThat(table.run("parts").orElseThrow().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aNeighbourThatIsAwayIsNoFindingAndClosesNone() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "x"));
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        Instant completed = clock.instant();
        clock.pass(Duration.ofMinutes(2));

        check.does(memory -> {
            throw new NotCompletedException("stock-svc does not answer");
        });
        reconciler.lookAtAll();

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
        broken.does(memory -> {
            throw new IllegalStateException("a defect, with a secret in its text");
        });

        assertThat(reconciler(broken, check).lookAtAll()).isEqualTo(2);

        assertThat(check.looks()).isEqualTo(1);
        assertThat(table.run("broken").orElseThrow())
                .extracting(CheckRun::outcome, CheckRun::error)
                .containsExactly(Outcome.FAILED, "IllegalStateException");
    }

    @Test
    void aCheckThatWalksGoesOnWhereItEndedAndIsToldWhatIsOpen() {
        Reconciler reconciler = reconciler(check);
        List<Memory> memories = new ArrayList<>();
        check.does(memory -> {
            memories.add(memory);
            List<Finding> findings = memories.size() == 3 ? List.of() : List.of(new Finding("order-1", "x"));
            return new Look(
                    findings, memories.size() < 4, "page-" + memories.size(), 7, new TreeMap<>(Map.of("n", 7L)));
        });

        reconciler.lookAtAll();
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        reconciler.lookAtAll();

        assertThat(memories)
                .containsExactly(
                        new Memory("", List.of()),
                        new Memory("page-1", List.of("order-1")),
                        new Memory("page-2", List.of("order-1")),
                        new Memory("page-3", List.of()));
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
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        check.does(memory -> new Look(List.of(), false, "", 0, new TreeMap<>()));

        reconciler.lookAtAll();

        assertThat(states()).containsExactly(Map.entry("order-1", FindingState.OPEN));
    }

    @Test
    void closedFindingsAreForgottenAfterTheirTime() {
        Reconciler reconciler = reconciler(check);
        check.finds(new Finding("order-1", "x"));
        reconciler.lookAtAll();
        reconciler.lookAtAll();
        check.finds();
        reconciler.lookAtAll();
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
        ReconciliationSettings settings = new ReconciliationSettings(
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
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean certain;
        private volatile Function<Memory, Look> script = memory -> Look.atAll(List.of(), 0);

        ScriptedCheck(String name) {
            this.name = name;
        }

        void finds(Finding... findings) {
            does(memory -> Look.atAll(List.of(findings), findings.length));
        }

        void does(Function<Memory, Look> script) {
            this.script = script;
        }

        int looks() {
            return looks.get();
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
        public Look look(Memory memory) {
            looks.incrementAndGet();
            return script.apply(memory);
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

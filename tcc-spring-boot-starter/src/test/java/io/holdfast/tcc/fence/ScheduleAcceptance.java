package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceBench.SKU;
import static io.holdfast.tcc.fence.FenceBench.START;
import static io.holdfast.tcc.fence.FenceBench.XID;
import static io.holdfast.tcc.fence.FenceBench.stockWith;
import static io.holdfast.tcc.fence.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.fence.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.fence.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.fence.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.GiveUp;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import io.holdfast.tcc.fence.StockAction.Operation;
import io.holdfast.tcc.schedule.ActionPolicy;
import io.holdfast.tcc.schedule.PhaseTwoSettings;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What the schedule of phase two promises, on one database. There is a subclass for each database that it has SQL for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
abstract class ScheduleAcceptance {

    private static final long BRANCH = 42;
    private static final int QUANTITY = StockAction.QUANTITY;
    private FenceBench bench;
    private TccFence fence;

    abstract TestDatabase database();

    @BeforeAll
    void open() throws SQLException {
        bench = new FenceBench(database(), 24);
    }

    @BeforeEach
    void erase() throws SQLException {
        bench.erase();
        fence = bench.fence();
    }

    @AfterAll
    void close() {
        bench.close();
    }

    // Delays

    @Test
    void the_gaps_between_attempts_double_up_to_the_cap() {
        policy(new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                false));
        List<Long> gaps = new ArrayList<>();
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();

        for (int attempt = 1; attempt <= 7; attempt++) {
            Instant due = due(BRANCH);
            gaps.add(Duration.between(bench.clock.instant(), due).toMillis());
            bench.clock.set(due.minusMillis(1));
            bench.runDue(fence);
            assertThat(row().attempts()).as("not before it is due").isEqualTo(attempt);
            bench.clock.set(due);
            bench.runDue(fence);
            assertThat(row().attempts()).isEqualTo(attempt + 1);
        }

        assertThat(gaps).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 20_000L, 20_000L);
        assertThat(row().lastError()).contains("the ledger is closed");
        assertThat(effects()).containsExactly(TRY);
    }

    // What is written down of each attempt

    @Test
    void each_failed_attempt_is_written_down_with_its_times_its_error_and_when_the_next_one_was_due() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        bench.clock.advance(Duration.ofSeconds(1));
        fail(CONFIRM, new NotYetException("soon"));
        TccFence other = bench.fence();
        bench.runDue(other);
        bench.clock.advance(Duration.ofSeconds(2));
        heal();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(fence.operations().failedAttempts(XID, BRANCH))
                .containsExactly(
                        new FailedAttempt(
                                1,
                                "CONFIRM",
                                START,
                                START,
                                "java.lang.IllegalStateException: the ledger is closed",
                                START.plusSeconds(1),
                                "instance-0"),
                        new FailedAttempt(
                                2,
                                "CONFIRM",
                                START.plusSeconds(1),
                                START.plusSeconds(1),
                                "soon",
                                START.plusSeconds(3),
                                "instance-1"));
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.failures()).hasSize(2);
            assertThat(branch.nextDueAt()).isNull();
            assertThat(branch.state()).isNull();
        });
    }

    @Test
    void an_attempt_that_takes_time_tells_when_it_began_and_when_it_had_failed() {
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            bench.clock.advance(Duration.ofSeconds(4));
            throw new IllegalStateException("the gateway does not answer");
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);

        assertThat(fence.operations().failedAttempts(XID, BRANCH)).last().satisfies(attempt -> {
            assertThat(attempt.startedAt()).isEqualTo(START.plusSeconds(1));
            assertThat(attempt.endedAt()).isEqualTo(START.plusSeconds(5));
            assertThat(attempt.nextDueAt()).isEqualTo(due(BRANCH));
        });
    }

    @Test
    void a_failed_attempt_costs_one_statement_and_no_commit_more_than_its_fence_row() {
        schedule(LongStream.of(BRANCH));
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        bench.clock.advance(Duration.ofSeconds(1));
        AtomicInteger commits = new AtomicInteger();
        bench.transactionManager.beforeCommit(commits::incrementAndGet);
        statements().clear();

        bench.runDue(fence);

        assertThat(statements())
                .filteredOn(sql -> sql.contains("tcc_attempt") || sql.contains("set attempts"))
                .hasSize(2)
                .last()
                .asString()
                .contains("insert into tcc_attempt");
        assertThat(commits).as("of the claim and of the failure").hasValue(2);
    }

    @Test
    void an_attempt_whose_claim_is_lost_is_not_written_down() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(slow);
                throw new IllegalStateException("too late to say so");
            }
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        bench.clock.advance(PhaseTwoSettings.DEFAULT.lease());
        bench.runDue(bench.fence());
        slow.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();

        assertThat(calls).hasValue(2);
        assertThat(fence.operations().failedAttempts(XID, BRANCH)).hasSize(1);
        assertThat(row().attempts()).isEqualTo(1);
    }

    @Test
    void of_a_branch_that_fails_for_ever_the_first_and_the_last_attempts_are_kept() {
        policy(new ActionPolicy(
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                false));
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        int last = AttemptTable.FIRST_KEPT + AttemptTable.LAST_KEPT + 3;
        for (int attempt = 2; attempt <= last; attempt++) {
            bench.clock.advance(Duration.ofMillis(1));
            bench.runDue(fence);
        }

        assertThat(row().attempts()).isEqualTo(last);
        List<FailedAttempt> kept = branch().failures();
        assertThat(kept)
                .extracting(FailedAttempt::number)
                .hasSize(AttemptTable.FIRST_KEPT + AttemptTable.LAST_KEPT)
                .isSorted()
                .contains(1, AttemptTable.FIRST_KEPT, AttemptTable.FIRST_KEPT + 4, last)
                .doesNotContain(AttemptTable.FIRST_KEPT + 1, AttemptTable.FIRST_KEPT + 3);
        assertThat(bench.count("select count(*) from tcc_attempt")).isEqualTo(kept.size());
    }

    @Test
    void the_attempts_of_a_branch_go_with_its_fence_row_and_not_before() {
        schedule(LongStream.of(BRANCH, 43));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.action.disturb((operation, context) -> {
            if (context.getBranchId() == 43) {
                throw new IllegalStateException("still closed");
            }
        });
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.count("select count(*) from tcc_attempt")).isEqualTo(3);
        assertThat(fence.cleaner().clean()).as("too young").isZero();

        bench.clock.advance(Duration.ofDays(8));
        statements().clear();
        assertThat(fence.cleaner().clean()).isEqualTo(1);

        assertThat(statements())
                .filteredOn(sql -> sql.contains("delete from tcc_attempt"))
                .allMatch(sql -> sql.contains("number = ?"));
        assertThat(bench.count("select count(*) from tcc_attempt where branch_id = 42"))
                .isZero();
        assertThat(bench.count("select count(*) from tcc_attempt where branch_id = 43"))
                .isEqualTo(2);
    }

    @Test
    void a_branch_tells_what_is_to_come_of_it() {
        tryReserve();
        assertThat(branch().state()).isEqualTo("TRIED");
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.state()).isEqualTo("SCHEDULED");
            assertThat(branch.decision()).isEqualTo("CONFIRM");
            assertThat(branch.nextDueAt()).isEqualTo(START.plusSeconds(1));
        });
        fence.operations().pause(StockAction.NAME, "ada", "the gateway moves");
        assertThat(branch().state()).isEqualTo("PAUSED");
        fence.operations().resume(StockAction.NAME, "ada", "moved");
        policy(paused());
        assertThat(branch().state()).as("paused by its settings").isEqualTo("PAUSED");
        policy(withDeadline(Duration.ofSeconds(1)));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.state()).isEqualTo("PARKED");
            assertThat(branch.nextDueAt()).isNull();
            assertThat(branch.failures()).last().satisfies(last -> assertThat(last.nextDueAt())
                    .isNull());
        });
    }

    @Test
    void the_give_up_is_told_from_the_confirm_that_it_follows() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));
        confirm(action);
        action.failingOutside = 1;
        bench.runDue(fence);

        assertThat(branch().state()).isEqualTo("GIVING_UP");
        assertThat(branch().failures())
                .extracting(failure -> failure.number() + " " + failure.operation() + ": " + failure.error())
                .containsExactly(
                        "1 CONFIRM: card stolen",
                        "2 GIVE_UP: java.lang.IllegalStateException: the gateway cannot be told");
    }

    @Test
    void what_a_database_says_is_told_without_the_statement_that_it_says_it_of() {
        tryReserve();
        bench.action.disturb((operation, context) -> {
            if (operation == CONFIRM) {
                bench.jdbc.update("insert into effect (xid, branch_id, operation) values (?, ?, null)", XID, BRANCH);
            }
        });
        confirm();

        assertThat(row().lastError())
                .contains("Exception: ")
                .containsIgnoringCase("operation")
                .doesNotContain("insert into", "values", "\n");
        assertThat(branch().failures()).singleElement().satisfies(failure -> assertThat(failure.error())
                .isEqualTo(row().lastError()));
    }

    // The coordinator

    @Test
    void a_coordinator_that_asks_for_a_branch_that_is_not_due_costs_no_sql() {
        tryReserve();
        tryReserve(43);
        failAlways();
        assertThat(confirm()).isFalse();
        assertThat(bench.cancel(fence, XID, 43)).isFalse();
        assertThat(statements()).as("the failures themselves are seen").isNotEmpty();
        statements().clear();

        for (int call = 0; call < 100; call++) {
            assertThat(confirm()).isFalse();
            assertThat(bench.cancel(fence, XID, 43)).isFalse();
        }

        assertThat(statements()).isEmpty();
        assertThat(row().attempts()).isEqualTo(1);
    }

    @Test
    void a_healthy_branch_costs_what_it_cost_without_a_schedule() {
        fence.schedule().poll();
        statements().clear();

        tryReserve(1);
        assertThat(bench.confirm(fence, XID, 1)).isTrue();
        tryReserve(2);
        assertThat(bench.cancel(fence, XID, 2)).isTrue();

        assertThat(statements())
                .filteredOn(sql -> sql.contains("tcc_"))
                .as("insert and update, insert and upsert; PostgreSQL reads once what the upsert did")
                .hasSize(bench.database == TestDatabase.postgres() ? 5 : 4);
    }

    @Test
    void an_instance_that_knows_nothing_of_a_scheduled_branch_reads_it_once() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        TccFence other = bench.fence();
        other.schedule().poll();
        statements().clear();

        for (int call = 0; call < 10; call++) {
            assertThat(bench.confirm(other, XID, BRANCH)).isFalse();
        }

        assertThat(statements())
                .as("the guarded update that found nothing, and one look")
                .hasSize(2);
        assertThat(row().attempts()).as("no attempt of its own").isEqualTo(1);
    }

    @Test
    void once_the_schedule_has_confirmed_the_branch_the_coordinator_is_told_so_by_every_instance() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        TccFence other = bench.fence();
        assertThat(bench.confirm(other, XID, BRANCH)).isFalse();

        heal();
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(other);

        assertThat(bench.confirm(other, XID, BRANCH)).isTrue();
        assertThat(confirm()).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
    }

    @Test
    void a_cancel_of_a_branch_whose_confirm_is_scheduled_changes_nothing_and_is_an_alarm(CapturedOutput output) {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();

        assertThat(cancel()).isFalse();
        assertThat(cancel()).isFalse();

        assertThat(output.getOut().split("ALARM Cancel", -1)).as("told once").hasSize(2);
        heal();
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    // Restarts and several instances

    @Test
    void after_a_restart_the_schedule_goes_on_from_the_rows_with_the_same_context() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        BusinessActionContext context = new BusinessActionContext(
                XID, Long.toString(BRANCH), new ConcurrentHashMap<>(Map.of("orders", List.of("o-1", "o-2"), "n", 2)));
        context.setActionName(StockAction.NAME);
        fence.commitFence(FenceBench.confirmMethod("sell"), bench.action, XID, BRANCH, new Object[] {context});
        fence.schedule().close();
        Queue<BusinessActionContext> seen = new ConcurrentLinkedQueue<>();
        bench.action.disturb((operation, ofAttempt) -> seen.add(ofAttempt));

        TccFence restarted = bench.fence();
        bench.runDue(restarted);
        assertThat(seen).as("not due yet").isEmpty();
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(restarted);

        assertThat(seen).singleElement().satisfies(again -> {
            assertThat(again.getXid()).isEqualTo(XID);
            assertThat(again.getBranchId()).isEqualTo(BRANCH);
            assertThat(again.getActionName()).isEqualTo(StockAction.NAME);
            assertThat(again.getActionContext("orders")).isEqualTo(List.of("o-1", "o-2"));
            assertThat(again.getActionContext("n", Integer.class)).isEqualTo(2);
        });
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.confirm(restarted, XID, BRANCH)).isTrue();
    }

    @Test
    void two_instances_share_the_rows_and_make_no_attempt_twice() throws Exception {
        int branches = 60;
        AtomicInteger attempts = new AtomicInteger();
        Map<Long, AtomicInteger> atOnce = new ConcurrentHashMap<>();
        Queue<String> overlaps = new ConcurrentLinkedQueue<>();
        RemoteStock action = new RemoteStock(bench, context -> {
            AtomicInteger now = atOnce.computeIfAbsent(context.getBranchId(), id -> new AtomicInteger());
            if (now.incrementAndGet() > 1) {
                overlaps.add("branch " + context.getBranchId());
            }
            attempts.incrementAndGet();
            Thread.yield();
            now.decrementAndGet();
        });
        bench.actions.put(StockAction.NAME, action);
        schedule(LongStream.rangeClosed(1, branches));
        TccFence other = bench.fence();
        bench.clock.advance(Duration.ofSeconds(1));

        fence.schedule().start();
        other.schedule().start();

        Awaitility.await().until(() -> bench.count("select count(*) from tcc_fence_log where status = 2") == branches);
        assertThat(attempts).hasValue(branches);
        assertThat(overlaps).isEmpty();
        assertThat(bench.count("select count(*) from effect where operation = 'CONFIRM'"))
                .isEqualTo(branches);
        assertThat(bench.count("select count(*) from tcc_fence_log where claimed_by is not null"))
                .isZero();
    }

    @Test
    void two_instances_that_look_at_the_same_moment_claim_a_row_once() {
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        FenceTable table = new FenceTable(bench.dataSource);
        ScheduledBranch seenByBoth = table.due(
                        StockAction.NAME, io.holdfast.tcc.schedule.Lane.EARLY, bench.clock.instant(), 10)
                .get(0);
        var transaction = new org.springframework.transaction.support.TransactionTemplate(bench.transactionManager);
        Instant lease = bench.clock.instant().plusSeconds(30);

        Boolean one = transaction.execute(status -> table.claim(seenByBoth, lease, "one"));
        Boolean other = transaction.execute(status -> table.claim(seenByBoth, lease, "other"));
        assertThat(List.of(one, other)).containsExactly(true, false);
    }

    @Test
    void an_instance_that_died_in_an_attempt_leaves_a_lease_and_another_one_takes_the_row_over() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(dead);
            }
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        TccFence other = bench.fence();

        bench.clock.advance(PhaseTwoSettings.DEFAULT.lease().minusMillis(1));
        bench.runDue(other);
        assertThat(calls).as("the lease holds").hasValue(1);
        assertThat(bench.confirm(other, XID, BRANCH)).isFalse();
        bench.clock.advance(Duration.ofMillis(1));
        bench.runDue(other);

        assertThat(calls).hasValue(2);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        // The dead one was only slow, and comes back when its row is ended.
        dead.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
    }

    @Test
    void an_attempt_that_takes_longer_than_its_lease_keeps_its_row_as_long_as_its_instance_lives() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            calls.incrementAndGet();
            await(slow);
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        TccFence other = bench.fence();

        for (int third = 0; third < 9; third++) {
            bench.clock.advance(PhaseTwoSettings.DEFAULT.lease().dividedBy(3).plusMillis(1));
            fence.schedule().poll();
            bench.runDue(other);
        }
        slow.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();

        assertThat(calls).hasValue(1);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }

    @Test
    void a_row_that_is_locked_by_an_attempt_elsewhere_holds_no_poller_up() throws Exception {
        schedule(LongStream.of(BRANCH, 43));
        bench.clock.advance(Duration.ofSeconds(1));
        try (var connection = bench.dataSource.getConnection()) {
            connection
                    .createStatement()
                    .executeUpdate(
                            "update tcc_fence_log set attempts = 1 where branch_id = 42 and xid = '" + XID + "'");

            bench.runDue(fence);
            assertThat(bench.row(43).status()).isEqualTo(FenceStatus.COMMITTED);
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            connection.rollback();
        }
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }

    // Stuck ones

    @Test
    void three_hundred_stuck_branches_do_not_delay_one_that_failed_once() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        bench.actions.put("gateway.capture", new RemoteStock(bench, context -> {
            waiting.incrementAndGet();
            await(stuck);
        }));
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (context.getBranchId() <= 300) {
                waiting.incrementAndGet();
                await(stuck);
            }
        }));
        // Of the same action and of another one, failed often and long overdue.
        schedule(LongStream.rangeClosed(1, 300));
        bench.execute("update tcc_fence_log set lane = 2, delay_step = 9, attempts = 9");
        bench.execute("update tcc_fence_log set action_name = 'gateway.capture', lane = 1 where branch_id <= 150");
        bench.clock.advance(Duration.ofMinutes(1));
        fence.schedule().start();
        Awaitility.await().until(() -> waiting.get() >= 6 + 4);

        schedule(LongStream.of(301));
        bench.clock.advance(Duration.ofSeconds(1));

        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> bench.row(301).status() == FenceStatus.COMMITTED);
        assertThat(stuck.getCount()).as("the others are stuck still").isEqualTo(1);
        assertThat(bench.count("select count(*) from tcc_fence_log where status = 1"))
                .isEqualTo(300);
        stuck.countDown();
    }

    @Test
    void an_action_that_cannot_be_attempted_at_all_holds_up_no_other_one() throws Exception {
        bench.actions.put("broken.action", bench.action);
        schedule(LongStream.of(BRANCH, 43));
        bench.execute("update tcc_fence_log set action_name = 'broken.action' where branch_id = 43");
        bench.clock.advance(Duration.ofSeconds(1));
        bench.policies.failFor("broken.action");

        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.TRIED);
    }

    @Test
    void an_error_that_is_no_exception_is_a_failed_attempt_too() {
        policy(withDeadline(Duration.ofSeconds(5)));
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            throw new NoClassDefFoundError("io/gateway/Client");
        }));
        schedule(LongStream.of(BRANCH));

        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).contains("io/gateway/Client");
    }

    // Giving up, refusing, parking

    @Test
    void a_confirm_is_attempted_once_more_at_its_deadline_and_then_given_up() {
        policy(withDeadline(Duration.ofSeconds(5)));
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new IllegalStateException("the gateway is down"));
        confirm(action);
        List<Duration> attempts = new ArrayList<>();

        for (int step = 0; step < 50 && row().status() == FenceStatus.TRIED; step++) {
            int before = row().attempts();
            bench.runDue(fence);
            if (row().attempts() > before) {
                attempts.add(Duration.between(START, bench.clock.instant()));
            } else {
                bench.clock.advance(Duration.ofMillis(500));
            }
        }

        assertThat(attempts).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(5));
        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(action.told)
                .containsExactly(
                        "outside, transaction open: false",
                        "inside, transaction open: true, DEADLINE: java.lang.IllegalStateException: the gateway is"
                                + " down");
        assertThat(effects()).containsExactly(TRY);
        assertThat(confirm(action)).as("the coordinator goes on").isTrue();
        assertThat(bench.confirm(bench.fence(), XID, BRANCH)).isTrue();
        assertThat(cancel()).as("never a Cancel after a commit").isFalse();
        assertThat(bench.counted(FenceOutcome.GIVEN_UP)).isEqualTo(1);
    }

    @Test
    void a_definite_refusal_is_given_up_at_once() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));

        assertThat(confirm(action)).isFalse();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(action.told).last().asString().endsWith("REFUSED: card stolen");
        assertThat(confirm(action)).isTrue();
    }

    @Test
    void a_give_up_that_fails_is_made_again_and_the_confirm_never() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));
        confirm(action);
        action.disturb((operation, context) -> {});
        action.failingOutside = 2;
        action.failingInside = 1;

        bench.runDue(fence);
        assertThat(confirm(action)).isFalse();
        for (int seconds = 1; seconds <= 4; seconds *= 2) {
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            bench.clock.advance(Duration.ofSeconds(seconds));
            bench.runDue(bench.fence());
        }

        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(row().attempts()).isEqualTo(4);
        assertThat(effects())
                .as("no Confirm took effect, though it would have now")
                .containsExactly(TRY);
        assertThat(bench.counted(FenceOutcome.GIVE_UP_FAILED)).isEqualTo(3);
    }

    @Test
    void a_give_up_that_fails_for_as_long_again_is_parked() {
        policy(withDeadline(Duration.ofSeconds(10)));
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new IllegalStateException("the gateway is down"));
        confirm(action);
        action.failingOutside = Integer.MAX_VALUE;

        bench.clock.advance(Duration.ofSeconds(10));
        bench.runDue(fence);
        for (int second = 0; second < 10; second++) {
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            bench.clock.advance(Duration.ofSeconds(1));
            bench.runDue(fence);
        }

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(confirm(action)).isTrue();
    }

    @Test
    void what_cannot_be_given_up_is_parked_with_its_context_and_out_of_the_coordinators_way(CapturedOutput output) {
        policy(withDeadline(Duration.ofSeconds(5)));
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();

        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).contains("the ledger is closed");
        assertThat(row().attempts()).isEqualTo(2);
        assertThat(bench.count("select count(*) from tcc_fence_log where status = 6 and context is not null"
                        + " and next_attempt_at is null"))
                .isEqualTo(1);
        assertThat(confirm()).isTrue();
        assertThat(bench.confirm(bench.fence(), XID, BRANCH)).isTrue();
        assertThat(output).contains("PARKED: CONFIRM of " + StockAction.NAME, XID);
        assertThat(bench.registry.get("holdfast.tcc.parked").counter().count()).isEqualTo(1);
        heal();
        bench.clock.advance(Duration.ofDays(1));
        bench.runDue(fence);
        assertThat(effects()).as("it waits for a person").containsExactly(TRY);
        bench.clock.advance(Duration.ofDays(30));
        assertThat(fence.cleaner().clean()).isZero();
    }

    @Test
    void a_refused_confirm_without_a_give_up_is_parked_in_the_coordinators_own_call() {
        tryReserve();
        fail(CONFIRM, new ConfirmRefusedException("card stolen"));

        assertThat(confirm()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).isEqualTo("card stolen");
    }

    @Test
    void a_confirm_that_is_not_possible_yet_is_attempted_when_it_is_due() {
        AtomicInteger asked = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isFalse();
            if (asked.incrementAndGet() < 3) {
                throw new NotYetException("payment is still open");
            }
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();
        confirm(action);
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);
        bench.clock.advance(Duration.ofSeconds(2));
        bench.runDue(fence);

        assertThat(asked).hasValue(3);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().lastError()).isEqualTo("payment is still open");
    }

    @Test
    void each_change_of_state_is_one_line_in_the_log_and_an_attempt_that_fails_again_is_none() {
        ch.qos.logback.classic.Logger logger =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(PhaseTwoSchedule.class.getPackageName());
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            tryReserve();
            fail(CONFIRM, new IllegalStateException("the ledger is closed"));
            confirm();
            for (int attempt = 0; attempt < 5; attempt++) {
                bench.clock.set(due(BRANCH));
                bench.runDue(fence);
                confirm();
            }
            heal();
            bench.clock.set(due(BRANCH));
            bench.runDue(fence);
            confirm();
        } finally {
            logger.setLevel(null);
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "CONFIRM of stock.reserve failed and is scheduled, xid " + XID + ", branch 42",
                        "CONFIRM of stock.reserve took effect after 6 failed attempts, xid " + XID + ", branch 42");
    }

    // Cancel

    @Test
    void a_cancel_that_fails_is_scheduled_and_parked_at_its_deadline() {
        policy(withDeadline(Duration.ofSeconds(5)));
        givingUp();
        tryReserve();
        failAlways();
        assertThat(cancel()).isFalse();
        assertThat(due(BRANCH)).isEqualTo(START.plusSeconds(1));
        bench.clock.advance(Duration.ofSeconds(5));
        bench.actions.put(StockAction.NAME, bench.action);
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(cancel()).isTrue();
        assertThat(confirm()).as("a Confirm contradicts it").isFalse();
        assertThat(bench.counted(FenceOutcome.CONTRADICTION)).isEqualTo(1);
        assertThat(effects()).containsExactly(TRY);
    }

    @Test
    void a_failing_empty_rollback_hook_is_parked_at_its_deadline_and_still_refuses_a_late_try() {
        policy(withDeadline(Duration.ofSeconds(5)));
        failAlways();
        assertThat(cancel()).isFalse();
        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(cancel()).isTrue();
        org.assertj.core.api.Assertions.assertThatThrownBy(this::tryReserve)
                .hasCauseInstanceOf(io.holdfast.tcc.TryRefusedException.class);
        assertThat(bench.effectsOf(BRANCH)).doesNotContain(EMPTY_ROLLBACK, CANCEL);
    }

    // Live policies

    @Test
    void the_next_attempt_obeys_a_policy_that_was_changed_meanwhile() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        policy(new ActionPolicy(
                Duration.ofSeconds(7),
                Duration.ofSeconds(50),
                Duration.ofHours(1),
                false,
                Duration.ofMillis(200),
                8,
                false));

        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);

        assertThat(due(BRANCH)).isEqualTo(bench.clock.instant().plusSeconds(14));
    }

    @Test
    void branches_that_wait_longer_than_a_new_policy_lets_them_are_brought_forward() {
        tryReserve();
        tryReserve(43);
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        policy(new ActionPolicy(
                Duration.ofHours(2),
                Duration.ofHours(2),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                false));
        confirm();
        policy(new ActionPolicy(
                Duration.ofMillis(1),
                Duration.ofHours(1),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                false));
        bench.confirm(fence, XID, 43);
        Instant untouched = due(43);
        assertThat(due(BRANCH)).isEqualTo(START.plus(Duration.ofHours(2)));

        policy(new ActionPolicy(
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                false));
        fence.schedule().policiesChanged(java.util.Set.of(StockAction.NAME));
        bench.runDue(fence);

        assertThat(due(BRANCH)).isEqualTo(START.plusSeconds(3));
        assertThat(due(43)).as("a shorter wait is left").isEqualTo(untouched);
        assertThat(row().attempts()).isEqualTo(1);
    }

    // What people do

    @Test
    void a_parked_branch_is_retried_by_hand_with_its_context_and_an_audit_row() {
        park();
        heal();
        bench.clock.advance(Duration.ofDays(3));

        OperationResult result = fence.operations().retry(XID, BRANCH, "ada", "the ledger is open again");
        assertThat(result.kind()).isEqualTo(OperationResult.Kind.DONE);
        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        bench.runDue(bench.fence());

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(audit()).containsExactly("ada RETRY stock.reserve 42 PARKED TRIED: the ledger is open again");
    }

    @Test
    void a_retry_by_hand_that_fails_parks_the_branch_again() {
        park();
        bench.clock.advance(Duration.ofDays(3));

        fence.operations().retry(XID, BRANCH, "ada", "let us see");
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().attempts()).isEqualTo(3);
        assertThat(confirm()).as("still out of the coordinator's way").isTrue();
    }

    @Test
    void a_scheduled_branch_can_be_retried_before_it_is_due() {
        schedule(LongStream.of(BRANCH));

        assertThat(fence.operations().retry(XID, BRANCH, "ada", "now").kind()).isEqualTo(OperationResult.Kind.DONE);
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(fence.operations().retry(XID, BRANCH, "ada", "again").kind())
                .isEqualTo(OperationResult.Kind.NOT_POSSIBLE);
        assertThat(fence.operations().retry("库存", 1, "ada", "none").kind()).isEqualTo(OperationResult.Kind.NOT_FOUND);
        assertThat(audit()).hasSize(1);
    }

    @Test
    void a_parked_branch_is_resolved_with_a_reason_in_the_audit_and_nothing_of_its_sql_runs() {
        park();
        heal();
        BranchOperations people = fence.operations();

        assertThat(people.resolve(XID, BRANCH, FenceStatus.ROLLBACKED, "ada", "no")
                        .kind())
                .as("never a Cancel after a commit")
                .isEqualTo(OperationResult.Kind.NOT_POSSIBLE);
        assertThat(people.resolve(XID, BRANCH, FenceStatus.GIVEN_UP, "ada", "refunded by hand")
                        .kind())
                .isEqualTo(OperationResult.Kind.DONE);
        assertThat(people.resolve(XID, BRANCH, FenceStatus.GIVEN_UP, "ada", "twice")
                        .kind())
                .isEqualTo(OperationResult.Kind.NOT_POSSIBLE);
        bench.clock.advance(Duration.ofDays(1));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(effects()).containsExactly(TRY);
        assertThat(audit()).containsExactly("ada RESOLVE stock.reserve 42 PARKED GIVEN_UP: refunded by hand");
        assertThat(confirm()).isTrue();
    }

    @Test
    void of_a_paused_action_no_instance_makes_an_attempt_until_it_is_resumed() {
        schedule(LongStream.of(BRANCH));
        TccFence other = bench.fence();
        assertThat(other.operations()
                        .pause(StockAction.NAME, "ada", "gateway moves")
                        .kind())
                .isEqualTo(OperationResult.Kind.DONE);
        assertThat(other.operations().pause(StockAction.NAME, "ada", "twice").kind())
                .isEqualTo(OperationResult.Kind.NOT_POSSIBLE);
        assertThat(other.operations().pause("no.such", "ada", "?").kind()).isEqualTo(OperationResult.Kind.NOT_FOUND);
        bench.clock.advance(Duration.ofDays(2));
        bench.runDue(fence);
        bench.runDue(other);
        tryReserve(43);
        tryReserve(44);

        assertThat(bench.confirm(fence, XID, 43)).as("a new Confirm").isFalse();
        assertThat(bench.cancel(other, XID, 44)).as("a new Cancel").isFalse();
        assertThat(bench.cancel(bench.fence(), XID, 45))
                .as("a new Cancel without a Try")
                .isFalse();

        assertThat(bench.count("select count(*) from effect where operation <> 'TRY'"))
                .isZero();
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(fence.operations().paused()).singleElement().satisfies(paused -> assertThat(paused.reason())
                .isEqualTo("gateway moves"));

        assertThat(fence.operations().resume(StockAction.NAME, "ada", "moved").kind())
                .isEqualTo(OperationResult.Kind.DONE);
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(44).status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(bench.row(45).status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(bench.effectsOf(45)).containsExactly(EMPTY_ROLLBACK);
        assertThat(audit())
                .containsExactly("ada PAUSE stock.reserve: gateway moves", "ada RESUME stock.reserve: moved");
    }

    @Test
    void an_action_that_is_paused_by_its_settings_makes_no_attempts_either() {
        schedule(LongStream.of(BRANCH));
        policy(new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                true));
        bench.clock.advance(Duration.ofHours(1));
        bench.runDue(fence);
        tryReserve(43);
        assertThat(bench.confirm(fence, XID, 43)).isFalse();

        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.count("select count(*) from effect where operation <> 'TRY'"))
                .isZero();
    }

    @Test
    void the_backlog_tells_branches_by_state_and_action_and_so_do_the_metrics() {
        park();
        policy(ActionPolicy.DEFAULT);
        GivingUpStock action = givingUp();
        tryReserve(1);
        tryReserve(2);
        tryReserve(3);
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));
        confirm(action, 2);
        fail(CONFIRM, action, new NotYetException("soon"));
        confirm(action, 3);
        bench.clock.advance(Duration.ofMillis(500));

        assertThat(fence.operations().backlog())
                .extracting(entry -> entry.state() + " " + entry.branches() + " " + entry.attempts())
                .containsExactlyInAnyOrder("TRIED 1 0", "GIVING_UP 1 1", "SCHEDULED 1 1", "PARKED 1 2");
        assertThat(fence.operations().branches(BacklogEntry.State.SCHEDULED, java.util.Optional.empty(), 10))
                .singleElement()
                .satisfies(branch -> {
                    assertThat(branch.branchId()).isEqualTo("3");
                    assertThat(branch.lastError()).isEqualTo("soon");
                    assertThat(branch.nextAttemptAt()).isNotNull();
                });
        assertThat(fence.operations().branches(BacklogEntry.State.PARKED, java.util.Optional.of(StockAction.NAME), 10))
                .singleElement()
                .satisfies(branch -> assertThat(branch.context()).contains("actionContext"));
        policy(paused());
        bench.clock.advance(PhaseTwoSettings.DEFAULT.gaugeInterval());
        bench.runDue(fence);
        assertThat(bench.registry
                        .get("holdfast.tcc.backlog")
                        .tags("action", StockAction.NAME, "state", "parked")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(bench.registry
                        .get("holdfast.tcc.backlog.oldest")
                        .tags("action", StockAction.NAME, "state", "giving-up")
                        .gauge()
                        .value())
                .isGreaterThanOrEqualTo(0.5);
        assertThat(bench.registry
                        .get("holdfast.tcc.attempts")
                        .tags("action", StockAction.NAME, "operation", "confirm", "result", "failed")
                        .counter()
                        .count())
                .isPositive();
    }

    // Asynchronous Confirms

    @Test
    void an_async_confirm_that_is_quick_ends_in_the_coordinators_own_call_with_no_more_sql() {
        policy(async(Duration.ofSeconds(10)));
        fence.schedule().poll();
        tryReserve();
        statements().clear();

        assertThat(confirm()).isTrue();

        assertThat(statements()).filteredOn(sql -> sql.contains("tcc_")).hasSize(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void an_async_confirm_that_is_slow_holds_the_coordinator_up_for_no_longer_than_it_may() throws Exception {
        policy(async(Duration.ofMillis(50)));
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            calls.incrementAndGet();
            await(slow);
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();

        long start = System.nanoTime();
        assertThat(confirm(action)).isFalse();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
        assertThat(bench.count("select count(*) from tcc_fence_log where decision = 1 and claimed_by is not null"))
                .as("the decision is durable while the attempt goes on")
                .isEqualTo(1);
        assertThat(confirm(action)).isFalse();
        slow.countDown();
        Awaitility.await().until(() -> confirm(action));
        assertThat(calls).as("one attempt").hasValue(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(row().attempts()).isZero();
    }

    @Test
    void an_instance_that_dies_in_a_slow_async_confirm_is_followed_by_another_one() throws Exception {
        policy(async(Duration.ofMillis(20)));
        CountDownLatch dead = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(dead);
            }
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();
        assertThat(confirm(action)).isFalse();

        bench.clock.advance(PhaseTwoSettings.DEFAULT.lease());
        bench.runDue(bench.fence());

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        dead.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void async_confirms_for_which_there_is_no_place_are_put_off_durably() throws Exception {
        policy(new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                true,
                Duration.ofMillis(20),
                3,
                false));
        CountDownLatch slow = new CountDownLatch(1);
        RemoteStock action = new RemoteStock(bench, context -> await(slow));
        bench.actions.put(StockAction.NAME, action);
        for (long branch = 1; branch <= 5; branch++) {
            tryReserve(branch);
            assertThat(confirm(action, branch)).isFalse();
        }
        assertThat(bench.count("select count(*) from tcc_fence_log where decision = 1"))
                .isEqualTo(5);
        assertThat(bench.count("select count(*) from tcc_fence_log where claimed_by is not null"))
                .isEqualTo(2);

        slow.countDown();
        fence.schedule().start();

        Awaitility.await().until(() -> bench.count("select count(*) from tcc_fence_log where status = 2") == 5);
        assertThat(bench.count("select count(*) from effect where operation = 'CONFIRM'"))
                .isEqualTo(5);
    }

    // What the tests are made of

    private Object tryReserve() {
        return tryReserve(BRANCH);
    }

    private Object tryReserve(long branchId) {
        return bench.tryReserve(fence, XID, branchId, SKU);
    }

    /** Branches whose first Confirm has failed just now, and whose next one would succeed. */
    private void schedule(LongStream branches) {
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        branches.forEach(branch -> {
            tryReserve(branch);
            assertThat(bench.confirm(fence, XID, branch)).isFalse();
        });
        heal();
    }

    private boolean confirm() {
        return bench.confirm(fence, XID, BRANCH);
    }

    private boolean confirm(StockAction action) {
        return confirm(action, BRANCH);
    }

    private boolean confirm(StockAction action, long branch) {
        return fence.commitFence(
                FenceBench.confirmMethod("sell"), action, XID, branch, new Object[] {FenceBench.context(XID, branch)});
    }

    private boolean cancel() {
        return bench.cancel(fence, XID, BRANCH);
    }

    private FenceBench.FenceRow row() {
        return bench.row(BRANCH);
    }

    /** As the neighbours are told it. */
    private BranchRecord branch() {
        return new BranchHistory("stock-svc", bench.dataSource, action -> bench.policies
                        .of(action)
                        .paused())
                .branchesOf(XID).stream()
                        .filter(branch -> branch.branchId().equals(Long.toString(BRANCH)))
                        .findFirst()
                        .orElseThrow();
    }

    private Instant due(long branch) {
        return bench.jdbc
                .queryForObject(
                        "select next_attempt_at from tcc_fence_log where branch_id = ?", LocalDateTime.class, branch)
                .toInstant(ZoneOffset.UTC);
    }

    private Queue<String> statements() {
        return bench.dataSource.statements();
    }

    private List<Operation> effects() {
        return bench.effectsOf(BRANCH);
    }

    private void fail(Operation failing, Exception failure) {
        fail(failing, bench.action, failure);
    }

    private static void fail(Operation failing, StockAction action, Exception failure) {
        action.disturb((operation, context) -> {
            if (operation == failing) {
                throw failure;
            }
        });
    }

    private void failAlways() {
        bench.action.disturb((operation, context) -> {
            if (operation != TRY) {
                throw new IllegalStateException("everything is closed");
            }
        });
    }

    private void heal() {
        bench.action.disturb((operation, context) -> {});
    }

    private void policy(ActionPolicy policy) {
        bench.policies.put(StockAction.NAME, policy);
    }

    private static ActionPolicy withDeadline(Duration deadline) {
        return new ActionPolicy(
                Duration.ofSeconds(1), Duration.ofMinutes(5), deadline, false, Duration.ofMillis(200), 8, false);
    }

    private static ActionPolicy paused() {
        return new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                false,
                Duration.ofMillis(200),
                8,
                true);
    }

    /** The branch is tried, its Confirm fails twice and is past its deadline; there is no give-up. */
    private void park() {
        policy(withDeadline(Duration.ofMillis(700)));
        bench.actions.put(StockAction.NAME, bench.action);
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        bench.clock.set(due(BRANCH));
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
    }

    private List<String> audit() {
        return bench.jdbc.query(
                "select * from tcc_audit order by id",
                (row, n) -> row.getString("who") + " " + row.getString("operation") + " "
                        + row.getString("action_name")
                        + (row.getString("xid") == null
                                ? ""
                                : " " + row.getLong("branch_id") + " " + row.getString("status_before") + " "
                                        + row.getString("status_after"))
                        + ": " + row.getString("reason"));
    }

    private static ActionPolicy async(Duration answerWithin) {
        return new ActionPolicy(
                Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1), true, answerWithin, 8, false);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private GivingUpStock givingUp() {
        GivingUpStock action = new GivingUpStock(bench);
        bench.actions.put(StockAction.NAME, action);
        return action;
    }

    /** The same business with something outside to ask first. */
    public static final class RemoteStock extends StockAction implements RemoteConfirmStep {

        private final java.util.function.Consumer<BusinessActionContext> remote;

        RemoteStock(FenceBench bench, java.util.function.Consumer<BusinessActionContext> remote) {
            super(bench.jdbc);
            this.remote = remote;
        }

        @Override
        public void beforeConfirm(BusinessActionContext context) {
            remote.accept(context);
        }
    }

    /** The same business with a way forward when its Confirm cannot be done. */
    public static final class GivingUpStock extends StockAction implements GiveUp {

        private final Queue<String> told = new ConcurrentLinkedQueue<>();
        private volatile int failingOutside;
        private volatile int failingInside;

        GivingUpStock(FenceBench bench) {
            super(bench.jdbc);
        }

        @Override
        public void beforeGiveUp(BusinessActionContext context, GiveUpReason reason) {
            if (failingOutside-- > 0) {
                throw new IllegalStateException("the gateway cannot be told");
            }
            told.add("outside, transaction open: " + TransactionSynchronizationManager.isActualTransactionActive());
        }

        @Override
        public void giveUp(BusinessActionContext context, GiveUpReason reason) {
            if (failingInside-- > 0) {
                throw new IllegalStateException("the payment is locked");
            }
            told.add("inside, transaction open: " + TransactionSynchronizationManager.isActualTransactionActive() + ", "
                    + reason.cause() + ": " + reason.detail());
        }
    }
}

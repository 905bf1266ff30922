package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceBench.SKU;
import static io.holdfast.tcc.fence.FenceBench.START;
import static io.holdfast.tcc.fence.FenceBench.XID;
import static io.holdfast.tcc.fence.FenceBench.context;
import static io.holdfast.tcc.fence.FenceBench.stockWith;
import static io.holdfast.tcc.fence.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.fence.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.fence.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.fence.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import io.holdfast.tcc.fence.FenceSettings.Isolation;
import io.holdfast.tcc.fence.StockAction.Operation;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What the fence promises, on one database. There is a subclass for each database that it has SQL for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
abstract class FenceAcceptance {

    private static final long BRANCH = 42;
    private static final int QUANTITY = StockAction.QUANTITY;

    private FenceBench bench;
    private TccFence fence;

    abstract TestDatabase database();

    @BeforeAll
    void open() throws SQLException {
        bench = new FenceBench(database(), 8);
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

    // Try

    @Test
    void a_try_takes_effect_together_with_its_fence_row() {
        Object result = tryReserve();

        assertThat(result).isEqualTo("reserved " + SKU);
        assertThat(row())
                .isEqualTo(new FenceBench.FenceRow(
                        XID,
                        BRANCH,
                        StockAction.NAME,
                        FenceStatus.TRIED,
                        bench.clock.instant(),
                        bench.clock.instant(),
                        0,
                        null));
        assertThat(effects()).containsExactly(TRY);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY, 0));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L));
    }

    @Test
    void a_second_try_of_the_same_branch_is_refused_as_a_duplicate() {
        tryReserve();

        assertThatThrownBy(this::tryReserve)
                .hasCauseInstanceOf(TryRefusedException.Duplicate.class)
                .hasMessageContaining(XID);

        assertThat(effects()).containsExactly(TRY);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY, 0));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L, FenceOutcome.DUPLICATE, 1L));
    }

    @Test
    void a_try_after_its_branch_was_confirmed_or_cancelled_is_refused_as_a_duplicate() {
        tryReserve();
        confirm();
        tryReserve(43);
        cancel(43);

        assertThatThrownBy(this::tryReserve).hasCauseInstanceOf(TryRefusedException.Duplicate.class);
        assertThatThrownBy(() -> tryReserve(43)).hasCauseInstanceOf(TryRefusedException.Duplicate.class);

        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.ROLLBACKED);
    }

    @Test
    void a_try_that_comes_after_its_cancel_is_refused_because_nobody_would_ever_undo_it() {
        cancel();

        assertThatThrownBy(this::tryReserve).hasCauseInstanceOf(TryRefusedException.Suspended.class);

        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.EMPTY_ROLLBACK, 1L, FenceOutcome.SUSPENDED, 1L));
    }

    @Test
    void a_try_that_throws_leaves_neither_an_effect_nor_a_fence_row() {
        fail(TRY, new IllegalStateException("out of stock"));

        assertThatThrownBy(this::tryReserve).hasRootCauseMessage("out of stock");

        assertThat(row()).isNull();
        assertThat(effects()).isEmpty();
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.TRY_FAILED, 1L));
    }

    @Test
    void branches_of_one_global_transaction_and_of_others_do_not_meet() {
        tryReserve(1);
        tryReserve(2);
        bench.tryReserve(fence, XID + "1", 1, SKU);

        cancel(1);

        assertThat(bench.row(1).status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(bench.row(2).status()).isEqualTo(FenceStatus.TRIED);
        assertThat(bench.stock()).isEqualTo(stockWith(2 * QUANTITY, 0));
    }

    // Confirm

    @Test
    void a_confirm_takes_effect_once_however_often_it_comes() {
        tryReserve();
        bench.clock.advance(Duration.ofSeconds(3));

        assertThat(confirm()).isTrue();
        bench.clock.advance(Duration.ofSeconds(3));
        assertThat(confirm()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().created()).isEqualTo(START);
        assertThat(row().modified()).isEqualTo(START.plusSeconds(3));
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L, FenceOutcome.COMMITTED, 1L, FenceOutcome.REPEATED, 1L));
    }

    @Test
    void a_confirm_without_a_try_ends_the_branch_with_an_alarm_and_refuses_a_late_try(CapturedOutput output) {
        assertThat(confirm()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(row().action()).isEqualTo(StockAction.NAME);
        assertThat(output).contains("ALARM", StockAction.NAME, XID);
        assertThatThrownBy(this::tryReserve).hasCauseInstanceOf(TryRefusedException.Suspended.class);
        assertThat(confirm()).isTrue();
        assertThat(effects()).isEmpty();
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(
                Map.of(FenceOutcome.CONFIRM_WITHOUT_TRY, 1L, FenceOutcome.SUSPENDED, 1L, FenceOutcome.REPEATED, 1L));
    }

    @Test
    void a_confirm_of_a_cancelled_branch_changes_nothing_and_is_an_alarm(CapturedOutput output) {
        tryReserve();
        cancel();

        assertThat(confirm()).isFalse();

        assertThat(output).contains("ALARM Confirm of " + StockAction.NAME, XID);
        assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(effects()).containsExactly(TRY, CANCEL);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertThat(bench.counted(FenceOutcome.CONTRADICTION)).isEqualTo(1);
    }

    @Test
    void a_confirm_that_fails_is_rolled_back_and_counted_and_takes_effect_later() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));

        assertThat(confirm()).isFalse();
        assertThat(confirm()).as("not due").isFalse();
        attemptAfter(Duration.ofSeconds(1));

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().attempts()).isEqualTo(2);
        assertThat(row().lastError()).contains("the ledger is closed");
        assertThat(row().modified()).isEqualTo(row().created());
        assertThat(effects()).containsExactly(TRY);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY, 0));

        bench.action.disturb((operation, context) -> {});
        attemptAfter(Duration.ofSeconds(2));
        assertThat(confirm()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().attempts()).as("the count is kept").isEqualTo(2);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
        assertCounted(Map.of(
                FenceOutcome.TRIED,
                1L,
                FenceOutcome.CONFIRM_FAILED,
                2L,
                FenceOutcome.SCHEDULED,
                1L,
                FenceOutcome.COMMITTED,
                1L,
                FenceOutcome.REPEATED,
                1L));
    }

    @Test
    void a_confirm_that_answers_false_has_failed_and_its_effect_is_rolled_back() {
        tryReserve();

        assertThat(fence.commitFence(FenceBench.confirmMethod("refuse"), bench.action, XID, BRANCH, new Object[] {
                    context(XID, BRANCH)
                }))
                .isFalse();

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY, 0));
    }

    @Test
    void the_last_error_is_cut_to_what_its_column_holds() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("x".repeat(5_000)));

        assertThat(confirm()).isFalse();

        assertThat(row().attempts()).isEqualTo(1);
        assertThat(row().lastError()).hasSizeBetween(990, 1_000).endsWith("xxx");
    }

    @Test
    void an_error_in_any_script_and_with_any_character_is_counted_too() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("库存\u0000不足 " + "\uD83D\uDD12".repeat(1_000)));

        assertThat(confirm()).isFalse();

        assertThat(row().attempts()).isEqualTo(1);
        assertThat(row().lastError()).contains("库存", "不足", "\uD83D\uDD12");
    }

    // Confirm in two steps

    @Test
    void the_remote_step_of_a_confirm_runs_with_no_transaction_open_and_before_anything_changes() {
        tryReserve();
        List<String> seen = new ArrayList<>();

        boolean confirmed = confirm(new RemoteStock(bench, context -> {
            seen.add("transaction open: " + TransactionSynchronizationManager.isActualTransactionActive());
            seen.add("status: " + row().status());
        }));

        assertThat(confirmed).isTrue();
        assertThat(seen).containsExactly("transaction open: false", "status: TRIED");
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void a_confirm_that_has_to_wait_changes_nothing_and_keeps_the_reason() {
        tryReserve();

        assertThat(confirm(new RemoteStock(bench, context -> {
                    throw new NotYetException("payment is still open");
                })))
                .isFalse();

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(row().lastError()).isEqualTo("payment is still open");
        assertThat(effects()).containsExactly(TRY);
        attemptAfter(Duration.ofSeconds(1));
        assertThat(confirm()).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void the_fence_that_has_tried_asks_the_database_nothing_before_a_step_that_only_asks() {
        tryReserve();

        assertThat(looksBeforeTheRemoteStep(true)).isEmpty();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void a_fence_that_has_not_tried_looks_before_the_remote_step() {
        tryReserve();
        fence = bench.fence();

        assertThat(looksBeforeTheRemoteStep(true)).hasSize(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void before_a_step_that_changes_something_outside_every_fence_looks() {
        tryReserve();

        assertThat(looksBeforeTheRemoteStep(false)).hasSize(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    private List<String> looksBeforeTheRemoteStep(boolean onlyAsks) {
        List<String> looks = new ArrayList<>();
        bench.dataSource.statements().clear();
        assertThat(confirm(new RemoteStock(
                        bench,
                        context -> bench.dataSource.statements().stream()
                                .filter(statement -> statement.contains("where xid = ? and branch_id = ?"))
                                .forEach(looks::add),
                        onlyAsks)))
                .isTrue();
        return looks;
    }

    @Test
    void what_another_instance_has_confirmed_is_asked_about_in_vain_and_confirmed_once() {
        tryReserve();
        assertThat(bench.confirm(bench.fence(), XID, BRANCH)).isTrue();
        AtomicInteger steps = new AtomicInteger();
        RemoteStock waiting = new RemoteStock(
                bench,
                context -> {
                    steps.incrementAndGet();
                    throw new NotYetException("payment is still open");
                },
                true);

        assertThat(confirm(waiting)).isFalse();
        assertThat(confirm(waiting)).isTrue();

        assertThat(steps).hasValue(1);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void the_remote_step_of_a_scheduled_branch_is_left_to_the_schedule_whoever_is_asked_again() {
        tryReserve();
        AtomicInteger steps = new AtomicInteger();
        RemoteStock remote = new RemoteStock(
                bench,
                context -> {
                    steps.incrementAndGet();
                    throw new NotYetException("payment is still open");
                },
                true);

        assertThat(confirm(remote)).isFalse();
        assertThat(bench.fence().commitFence(FenceBench.confirmMethod("sell"), remote, XID, BRANCH, new Object[] {
                    context(XID, BRANCH)
                }))
                .isFalse();
        bench.clock.advance(Duration.ofHours(1));
        assertThat(confirm(remote)).isFalse();

        assertThat(steps).hasValue(1);
    }

    @Test
    void the_remote_step_is_not_made_for_a_try_that_was_rolled_back() {
        fail(TRY, new IllegalStateException("no"));
        assertThatThrownBy(this::tryReserve).isInstanceOf(RuntimeException.class);
        AtomicInteger steps = new AtomicInteger();

        assertThat(confirm(new RemoteStock(bench, context -> steps.incrementAndGet(), true)))
                .isTrue();

        assertThat(steps).hasValue(0);
        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
    }

    @Test
    void the_remote_step_is_not_made_again_once_the_branch_is_confirmed() {
        tryReserve();
        AtomicInteger steps = new AtomicInteger();
        RemoteStock remote = new RemoteStock(bench, context -> steps.incrementAndGet());

        assertThat(confirm(remote)).isTrue();
        assertThat(confirm(remote)).isTrue();

        assertThat(steps).hasValue(1);
    }

    // Cancel

    @Test
    void a_cancel_undoes_its_try_once_however_often_it_comes() {
        tryReserve();
        bench.clock.advance(Duration.ofSeconds(3));

        assertThat(cancel()).isTrue();
        bench.clock.advance(Duration.ofSeconds(3));
        assertThat(cancel()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(row().created()).isEqualTo(START);
        assertThat(row().modified()).isEqualTo(START.plusSeconds(3));
        assertThat(effects()).containsExactly(TRY, CANCEL);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L, FenceOutcome.ROLLED_BACK, 1L, FenceOutcome.REPEATED, 1L));
    }

    @Test
    void a_cancel_without_a_try_is_an_empty_rollback_and_tells_the_action() {
        assertThat(cancel()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(row().action()).isEqualTo(StockAction.NAME);
        assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.EMPTY_ROLLBACK, 1L));
    }

    @Test
    void an_empty_rollback_that_comes_again_is_true_again() {
        cancel();

        assertThat(cancel()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
    }

    @Test
    void the_cancel_of_a_try_that_failed_is_an_empty_rollback() {
        fail(TRY, new IllegalStateException("out of stock"));
        assertThatThrownBy(this::tryReserve).hasRootCauseMessage("out of stock");
        bench.action.disturb((operation, context) -> {});

        assertThat(cancel()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
    }

    @Test
    void a_failing_empty_rollback_hook_is_called_again_and_a_late_try_is_refused_meanwhile() {
        fail(EMPTY_ROLLBACK, new IllegalStateException("the intent is locked"));

        assertThat(cancel()).isFalse();
        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(row().lastError()).contains("the intent is locked");
        assertThat(effects()).isEmpty();
        assertThatThrownBy(this::tryReserve).hasCauseInstanceOf(TryRefusedException.Suspended.class);
        assertThat(cancel()).as("not due").isFalse();

        bench.action.disturb((operation, context) -> {});
        attemptAfter(Duration.ofSeconds(1));
        assertThat(cancel()).isTrue();
        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
    }

    @Test
    void a_cancel_of_a_confirmed_branch_changes_nothing_and_is_an_alarm(CapturedOutput output) {
        tryReserve();
        confirm();

        assertThat(cancel()).isFalse();

        assertThat(output).contains("ALARM Cancel of " + StockAction.NAME, XID);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
        assertThat(bench.counted(FenceOutcome.CONTRADICTION)).isEqualTo(1);
    }

    @Test
    void a_cancel_that_fails_is_rolled_back_and_counted_and_takes_effect_later() {
        tryReserve();
        fail(CANCEL, new IllegalStateException("the shelf is locked"));

        assertThat(cancel()).isFalse();
        attemptAfter(Duration.ofSeconds(1));
        attemptAfter(Duration.ofSeconds(2));

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().attempts()).isEqualTo(3);
        assertThat(row().lastError()).contains("the shelf is locked");
        assertThat(effects()).containsExactly(TRY);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY, 0));

        bench.action.disturb((operation, context) -> {});
        attemptAfter(Duration.ofSeconds(4));

        assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(row().attempts()).as("the count is kept").isEqualTo(3);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L, FenceOutcome.CANCEL_FAILED, 3L, FenceOutcome.ROLLED_BACK, 1L));
    }

    // The local transaction

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void try_confirm_and_cancel_run_under_the_isolation_that_the_fence_was_told(Isolation isolation) {
        fence = bench.fence(isolation);
        List<Integer> seen = new ArrayList<>();
        bench.action.disturb((operation, context) -> {
            Connection connection = DataSourceUtils.getConnection(bench.dataSource);
            seen.add(connection.getTransactionIsolation());
            DataSourceUtils.releaseConnection(connection, bench.dataSource);
        });

        tryReserve(1);
        confirm(1);
        tryReserve(2);
        cancel(2);
        cancel(3);

        assertThat(seen).hasSize(5).containsOnly(isolation.springValue());
    }

    @Test
    void outcomes_are_counted_per_action() {
        tryReserve();
        fence.prepareFence(XID, 43L, "payment.open", () -> "opened");

        assertThat(bench.counted(FenceOutcome.TRIED)).isEqualTo(1);
        assertThat(bench.registry
                        .get("holdfast.tcc.fence")
                        .tags("action", "payment.open", "outcome", "tried")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** Two operations on one branch that meet in the database: one of them is held where it matters by a latch. */
    @Nested
    class When_operations_meet {

        private final ExecutorService threads = Executors.newFixedThreadPool(2);

        @org.junit.jupiter.api.AfterEach
        void endThreads() throws InterruptedException {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }

        @Test
        void a_cancel_that_meets_a_try_in_flight_waits_and_undoes_it() throws Exception {
            Pause inTry = pauseIn(TRY);
            Future<Object> slowTry = threads.submit(() -> tryReserve());
            inTry.awaitReached();
            Future<Boolean> cancel = threads.submit(() -> cancel());
            awaitOneWaiting();

            inTry.release();

            assertThat(get(slowTry)).isEqualTo("reserved " + SKU);
            assertThat(get(cancel)).isTrue();
            assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
            assertThat(effects()).containsExactly(TRY, CANCEL);
            assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        }

        @Test
        void a_cancel_that_meets_a_try_which_then_fails_is_an_empty_rollback() throws Exception {
            Pause inTry = pauseIn(TRY, new IllegalStateException("out of stock"));
            Future<Object> slowTry = threads.submit(() -> tryReserve());
            inTry.awaitReached();
            Future<Boolean> cancel = threads.submit(() -> cancel());
            awaitOneWaiting();

            inTry.release();

            assertThatThrownBy(() -> get(slowTry)).hasRootCauseMessage("out of stock");
            assertThat(get(cancel)).isTrue();
            assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
            assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
            assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        }

        @Test
        void a_try_that_meets_a_cancel_in_flight_waits_and_is_refused() throws Exception {
            Pause inCancel = pauseIn(EMPTY_ROLLBACK);
            Future<Boolean> slowCancel = threads.submit(() -> cancel());
            inCancel.awaitReached();
            Future<Object> lateTry = threads.submit(() -> tryReserve());
            awaitOneWaiting();

            inCancel.release();

            assertThat(get(slowCancel)).isTrue();
            assertThatThrownBy(() -> get(lateTry)).hasRootCauseInstanceOf(TryRefusedException.Suspended.class);
            assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
            assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        }

        @Test
        void two_tries_of_one_branch_at_once_take_effect_once() throws Exception {
            Pause inTry = pauseIn(TRY);
            Future<Object> first = threads.submit(() -> tryReserve());
            inTry.awaitReached();
            Future<Object> second = threads.submit(() -> tryReserve());
            awaitOneWaiting();

            inTry.release();

            assertThat(get(first)).isEqualTo("reserved " + SKU);
            assertThatThrownBy(() -> get(second)).hasRootCauseInstanceOf(TryRefusedException.Duplicate.class);
            assertThat(effects()).containsExactly(TRY);
        }

        @Test
        void a_confirm_that_meets_a_try_in_flight_confirms_it_now_or_when_it_comes_again() throws Exception {
            Pause inTry = pauseIn(TRY);
            Future<Object> slowTry = threads.submit(() -> tryReserve());
            inTry.awaitReached();
            Future<Boolean> confirm = threads.submit(() -> confirm());
            awaitOneWaiting();

            inTry.release();

            get(slowTry);
            if (!get(confirm)) {
                attemptAfter(Duration.ofSeconds(1));
            }
            assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
            assertThat(effects()).containsExactly(TRY, CONFIRM);
        }

        @Test
        void two_confirms_at_once_take_effect_once_and_both_are_true() throws Exception {
            tryReserve();
            Pause inConfirm = pauseIn(CONFIRM);
            Future<Boolean> first = threads.submit(() -> confirm());
            inConfirm.awaitReached();
            Future<Boolean> second = threads.submit(() -> confirm());
            awaitOneWaiting();

            inConfirm.release();

            assertThat(get(first)).isTrue();
            assertThat(get(second)).isTrue();
            assertThat(effects()).containsExactly(TRY, CONFIRM);
            assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
            assertThat(bench.counted(FenceOutcome.COMMITTED)).isEqualTo(1);
            assertThat(bench.counted(FenceOutcome.REPEATED)).isEqualTo(1);
        }

        @Test
        void a_confirm_that_waited_for_one_that_failed_takes_effect_at_once_or_when_it_is_due() throws Exception {
            tryReserve();
            Pause inConfirm = pauseIn(CONFIRM, new IllegalStateException("the ledger is closed"));
            Future<Boolean> first = threads.submit(() -> confirm());
            inConfirm.awaitReached();
            Future<Boolean> second = threads.submit(() -> confirm());
            awaitOneWaiting();

            inConfirm.release();

            assertThat(get(first)).isFalse();
            if (!get(second)) {
                // PostgreSQL may wake whoever waits only after the failure is recorded: then it is not due before its
                // time.
                assertThat(row().attempts()).isEqualTo(1);
                attemptAfter(Duration.ofSeconds(1));
            }
            assertThat(effects()).containsExactly(TRY, CONFIRM);
            assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
        }

        @Test
        void two_cancels_at_once_take_effect_once_and_both_are_true() throws Exception {
            tryReserve();
            Pause inCancel = pauseIn(CANCEL);
            Future<Boolean> first = threads.submit(() -> cancel());
            inCancel.awaitReached();
            Future<Boolean> second = threads.submit(() -> cancel());
            awaitOneWaiting();

            inCancel.release();

            assertThat(get(first)).isTrue();
            assertThat(get(second)).isTrue();
            assertThat(effects()).containsExactly(TRY, CANCEL);
            assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        }

        private void awaitOneWaiting() {
            Awaitility.await("the second operation waits for the first")
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> bench.database.transactionsWaitingForALock() == 1);
        }

        private <T> T get(Future<T> future) throws Exception {
            return future.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void the_history_tells_the_branches_of_a_global_transaction_in_the_order_of_their_tries() {
        BranchHistory history = new BranchHistory("shop", bench.dataSource);
        tryReserve(9);
        bench.clock.advance(Duration.ofMillis(1));
        tryReserve(3);
        bench.clock.advance(Duration.ofMillis(1));
        cancel(5);
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm(9);
        bench.action.disturb((operation, context) -> {});
        attemptAfter(Duration.ofSeconds(1));
        bench.tryReserve(fence, XID + "1", 1, SKU);

        assertThat(history.branchesOf(XID))
                .extracting(
                        BranchRecord::service,
                        BranchRecord::action,
                        BranchRecord::branchId,
                        BranchRecord::status,
                        BranchRecord::createdAt,
                        BranchRecord::decidedAt,
                        BranchRecord::attempts)
                .containsExactly(
                        tuple("shop", StockAction.NAME, "9", "COMMITTED", START, START.plusMillis(1002), 1),
                        tuple("shop", StockAction.NAME, "3", "TRIED", START.plusMillis(1), null, 0),
                        tuple("shop", StockAction.NAME, "5", "SUSPENDED", START.plusMillis(2), START.plusMillis(2), 0));
        assertThat(history.branchesOf(XID).get(0).lastError()).contains("the ledger is closed");
        assertThat(history.branchesOf("10.0.0.1:8091:0")).isEmpty();
        assertThat(history.branchesOf("库存")).isEmpty();
    }

    // The cleaner

    @Test
    void the_cleaner_deletes_final_rows_that_are_older_than_the_retention_and_no_others() throws SQLException {
        insertRows(1, 3, 2, 8);
        insertRows(4, 3, 3, 8);
        insertRows(7, 3, 4, 8);
        insertRows(10, 3, 1, 8);
        insertRows(13, 1, 2, 6);
        insertRows(14, 2, 5, 8);
        insertRows(16, 2, 6, 8);
        insertRows(18, 1, 4, 8);
        bench.execute("update tcc_fence_log set decision = 3, decided_at = gmt_create, context = '{}', lane = 1,"
                + " next_attempt_at = gmt_create where branch_id = 18");
        FenceSettings settings =
                new FenceSettings(Isolation.READ_COMMITTED, Duration.ofDays(7), Duration.ofMinutes(10), 500);

        assertThat(bench.fence(settings).cleaner().clean()).isEqualTo(11);

        assertThat(bench.rows("order by branch_id").stream().map(FenceBench.FenceRow::branchId))
                .as("undecided, young, parked, and not finished")
                .containsExactly(10L, 11L, 12L, 13L, 16L, 17L, 18L);
    }

    @Test
    void the_cleaner_measures_age_from_the_last_change_by_the_clock_of_the_service() {
        tryReserve();
        bench.clock.advance(Duration.ofDays(6));
        confirm();
        bench.clock.advance(Duration.ofDays(7));

        assertThat(fence.cleaner().clean()).isZero();
        bench.clock.advance(Duration.ofMillis(1));
        assertThat(fence.cleaner().clean()).isEqualTo(1);

        assertThat(row()).isNull();
    }

    @Test
    void the_cleaner_works_in_chunks_of_a_bounded_size() throws SQLException {
        insertRows(1, 10, 2, 8);
        FenceSettings settings =
                new FenceSettings(Isolation.READ_COMMITTED, Duration.ofDays(7), Duration.ofMinutes(10), 3);
        List<Long> leftBeforeEachCommit = new ArrayList<>();
        bench.transactionManager.beforeCommit(
                () -> leftBeforeEachCommit.add(bench.count("select count(*) from tcc_fence_log")));

        assertThat(bench.fence(settings).cleaner().clean()).isEqualTo(10);

        assertThat(leftBeforeEachCommit).startsWith(7L, 4L, 1L, 0L);
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void the_cleaner_holds_up_no_branch_even_next_to_the_rows_that_it_deletes(Isolation isolation) throws Exception {
        insertRows(10, 5, 2, 8);
        insertRows(20, 5, 2, 8);
        FenceSettings settings = new FenceSettings(isolation, Duration.ofDays(7), Duration.ofMinutes(10), 500);
        Pause beforeCommit = new Pause();
        ThreadLocal<Boolean> cleaning = ThreadLocal.withInitial(() -> false);
        bench.transactionManager.beforeCommit(() -> {
            if (cleaning.get()) {
                beforeCommit.stay();
            }
        });
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> cleaned = thread.submit(() -> {
                cleaning.set(true);
                return bench.fence(settings).cleaner().clean();
            });
            beforeCommit.awaitReached();

            // If a gap were locked, these would wait for the cleaner, and the cleaner waits for them.
            TccFence meanwhile = bench.fence(isolation);
            for (long branch : new long[] {9, 15, 17, 19, 25}) {
                bench.tryReserve(meanwhile, XID, branch, SKU);
                assertThat(bench.confirm(meanwhile, XID, branch)).isTrue();
            }
            beforeCommit.release();

            assertThat(cleaned.get(30, TimeUnit.SECONDS)).isEqualTo(10);
        } finally {
            beforeCommit.release();
            thread.shutdownNow();
        }
    }

    @Test
    void the_cleaner_that_seata_may_call_itself_keeps_undecided_rows_too() throws SQLException {
        insertRows(1, 2, 1, 8);
        insertRows(3, 2, 2, 8);

        assertThat(fence.deleteFenceByDate(java.util.Date.from(bench.clock.instant())))
                .isEqualTo(2);

        assertThat(bench.rows("").stream().map(FenceBench.FenceRow::status)).containsOnly(FenceStatus.TRIED);
    }

    // What the tests are made of

    private void attemptAfter(Duration delay) {
        bench.clock.advance(delay);
        bench.runDue(fence);
    }

    private Object tryReserve() {
        return tryReserve(BRANCH);
    }

    private Object tryReserve(long branchId) {
        return bench.tryReserve(fence, XID, branchId, SKU);
    }

    private boolean confirm() {
        return confirm(BRANCH);
    }

    private boolean confirm(long branchId) {
        return bench.confirm(fence, XID, branchId);
    }

    private boolean confirm(RemoteStock remote) {
        return fence.commitFence(
                FenceBench.confirmMethod("sell"), remote, XID, BRANCH, new Object[] {context(XID, BRANCH)});
    }

    private boolean cancel() {
        return cancel(BRANCH);
    }

    private boolean cancel(long branchId) {
        return bench.cancel(fence, XID, branchId);
    }

    private FenceBench.FenceRow row() {
        return bench.row(BRANCH);
    }

    private List<Operation> effects() {
        return bench.effectsOf(BRANCH);
    }

    private void fail(Operation failing, Exception failure) {
        bench.action.disturb((operation, context) -> {
            if (operation == failing) {
                throw failure;
            }
        });
    }

    /** Of exactly these outcomes this many, and of no others any. */
    private void assertCounted(Map<FenceOutcome, Long> expected) {
        assertThat(bench.countedOutcomes()).isEqualTo(expected);
    }

    private void insertRows(long firstBranch, int rows, int status, int daysOld) throws SQLException {
        for (long branch = firstBranch; branch < firstBranch + rows; branch++) {
            bench.execute("""
                    insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                    values ('%1$s', %2$d, '%3$s', %4$d, '%5$s', '%5$s')
                    """.formatted(
                            XID,
                            branch,
                            StockAction.NAME,
                            status,
                            java.time.LocalDateTime.ofInstant(
                                    bench.clock.instant().minus(Duration.ofDays(daysOld)), java.time.ZoneOffset.UTC)));
        }
    }

    private Pause pauseIn(Operation where) {
        return pauseIn(where, null);
    }

    /** The first call that gets there stays until it is released, and then ends as told; later ones pass. */
    private Pause pauseIn(Operation where, Exception end) {
        Pause pause = new Pause();
        AtomicInteger calls = new AtomicInteger();
        bench.action.disturb((operation, context) -> {
            if (operation == where && calls.getAndIncrement() == 0) {
                pause.stay();
                if (end != null) {
                    throw end;
                }
            }
        });
        return pause;
    }

    private static final class Pause {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void stay() {
            reached.countDown();
            await(released);
        }

        void awaitReached() {
            await(reached);
        }

        void release() {
            released.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** The same business with something outside to ask first. */
    public static final class RemoteStock extends StockAction implements RemoteConfirmStep {

        private final Consumer<BusinessActionContext> remote;
        private final boolean onlyAsks;

        RemoteStock(FenceBench bench, Consumer<BusinessActionContext> remote) {
            this(bench, remote, false);
        }

        RemoteStock(FenceBench bench, Consumer<BusinessActionContext> remote, boolean onlyAsks) {
            super(bench.jdbc);
            this.remote = remote;
            this.onlyAsks = onlyAsks;
        }

        @Override
        public boolean onlyAsks() {
            return onlyAsks;
        }

        @Override
        public void beforeConfirm(BusinessActionContext context) {
            remote.accept(context);
        }
    }
}

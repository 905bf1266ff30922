package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.retry.StockAction.Operation;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two operations on one branch that meet in the database: one of them is held where it matters by a latch. */
abstract class MeetingOperationsCases extends FenceCases {

    private ExecutorService threads;

    @BeforeEach
    void startThreads() {
        threads = Executors.newFixedThreadPool(2);
    }

    @AfterEach
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

    private void awaitOneWaiting() {
        Awaitility.await("the second operation waits for the first")
                .pollInterval(Duration.ofMillis(20))
                .until(() -> bench.database.transactionsWaitingForALock() == 1);
    }

    private <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }
}

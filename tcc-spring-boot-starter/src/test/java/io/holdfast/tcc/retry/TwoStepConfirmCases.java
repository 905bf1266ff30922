package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.context;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.fence.FenceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A Confirm that asks or changes something outside before it changes anything here. */
abstract class TwoStepConfirmCases extends FenceCases {

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
        RemoteStock waiting = thatHasToWait(steps);

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
        RemoteStock remote = thatHasToWait(steps);

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

    private RemoteStock thatHasToWait(AtomicInteger steps) {
        return new RemoteStock(
                bench,
                context -> {
                    steps.incrementAndGet();
                    throw new NotYetException("payment is still open");
                },
                true);
    }
}

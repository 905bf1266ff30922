package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
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
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.system.CapturedOutput;

/** A Cancel, by itself. */
abstract class CancelCases extends FenceCases {

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
        heal();

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

        heal();
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

        heal();
        attemptAfter(Duration.ofSeconds(4));

        assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(row().attempts()).as("the count is kept").isEqualTo(3);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertCounted(Map.of(FenceOutcome.TRIED, 1L, FenceOutcome.CANCEL_FAILED, 3L, FenceOutcome.ROLLED_BACK, 1L));
    }
}

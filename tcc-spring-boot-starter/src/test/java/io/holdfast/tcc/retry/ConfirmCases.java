package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.context;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
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

/** A Confirm, by itself. */
abstract class ConfirmCases extends FenceCases {

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

        heal();
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
}

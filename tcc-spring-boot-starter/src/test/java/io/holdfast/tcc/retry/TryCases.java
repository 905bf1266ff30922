package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Try, by itself. */
abstract class TryCases extends FenceCases {

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
}

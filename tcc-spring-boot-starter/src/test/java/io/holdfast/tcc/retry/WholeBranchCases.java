package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** What holds for a branch in all its phases. */
abstract class WholeBranchCases extends FenceCases {

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
        heal();
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
}

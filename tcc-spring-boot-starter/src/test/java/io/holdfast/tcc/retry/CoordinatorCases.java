package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.system.CapturedOutput;

/** What the coordinator is told of branches that are scheduled, and what that costs. */
abstract class CoordinatorCases extends RetryCases {

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
        Instance other = bench.fence();
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
        Instance other = bench.fence();
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
}

package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.fence.BacklogEntry;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.operations.BranchOperations;
import io.holdfast.tcc.operations.OperationResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What people can see and do. */
abstract class OperatorCases extends RetryCases {

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
        assertThat(fence.operations().retry("a\0b", 1, "ada", "none").kind()).isEqualTo(OperationResult.Kind.NOT_FOUND);
        assertThat(fence.operations().failedAttempts("a\0b", 1)).isEmpty();
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
        Instance other = bench.fence();
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
        policy(paused());
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
        assertThat(fence.operations().branches(BacklogEntry.State.SCHEDULED, Optional.empty(), 10))
                .singleElement()
                .satisfies(branch -> {
                    assertThat(branch.branchId()).isEqualTo("3");
                    assertThat(branch.lastError()).isEqualTo("soon");
                    assertThat(branch.nextAttemptAt()).isNotNull();
                });
        assertThat(fence.operations().branches(BacklogEntry.State.PARKED, Optional.of(StockAction.NAME), 10))
                .singleElement()
                .satisfies(branch -> assertThat(branch.context()).contains("actionContext"));
        policy(paused());
        bench.clock.advance(RetryProperties.DEFAULT.gaugeInterval());
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
}

package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Queue;
import java.util.stream.LongStream;

/** What is promised of the schedule of phase two, on one database. */
abstract class RetryCases extends FenceCases {

    /** Branches whose first Confirm has failed just now, and whose next one would succeed. */
    void schedule(LongStream branches) {
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        branches.forEach(branch -> {
            tryReserve(branch);
            assertThat(bench.confirm(fence, XID, branch)).isFalse();
        });
        heal();
    }

    GivingUpStock givingUp() {
        GivingUpStock action = new GivingUpStock(bench);
        bench.actions.put(StockAction.NAME, action);
        return action;
    }

    void failAlways() {
        bench.action.disturb((operation, context) -> {
            if (operation != TRY) {
                throw new IllegalStateException("everything is closed");
            }
        });
    }

    void policy(ActionPolicy policy) {
        bench.policies.put(StockAction.NAME, policy);
    }

    static ActionPolicy withDelays(Duration initial, Duration max) {
        return policyOf(initial, max, Duration.ofHours(24), false);
    }

    static ActionPolicy withDeadline(Duration deadline) {
        return policyOf(Duration.ofSeconds(1), Duration.ofMinutes(5), deadline, false);
    }

    static ActionPolicy paused() {
        return policyOf(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(24), true);
    }

    private static ActionPolicy policyOf(Duration initial, Duration max, Duration deadline, boolean paused) {
        return new ActionPolicy(initial, max, deadline, false, Duration.ofMillis(200), 8, paused);
    }

    /** As the neighbours are told it. */
    BranchRecord branch() {
        return new BranchHistory("stock-svc", bench.dataSource, action -> bench.policies
                        .of(action)
                        .paused())
                .branchesOf(XID).stream()
                        .filter(branch -> branch.branchId().equals(Long.toString(BRANCH)))
                        .findFirst()
                        .orElseThrow();
    }

    Instant due(long branch) {
        return bench.jdbc
                .queryForObject(
                        "select next_attempt_at from tcc_fence_log where branch_id = ?", LocalDateTime.class, branch)
                .toInstant(ZoneOffset.UTC);
    }

    Queue<String> statements() {
        return bench.dataSource.statements();
    }
}

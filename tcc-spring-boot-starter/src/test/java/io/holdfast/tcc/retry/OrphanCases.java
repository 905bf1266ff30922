package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.orphan.OrphanChanges;
import io.holdfast.tcc.orphan.OrphanProperties;
import io.holdfast.tcc.orphan.OrphanedBranches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.exception.TransactionExceptionCode;
import org.apache.seata.core.model.GlobalStatus;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.dao.DataAccessException;

/** Branches that are tried and whose end nobody asks for. */
abstract class OrphanCases extends RetryCases {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private StandInCoordinator coordinator;

    @BeforeEach
    void knowNothing() {
        coordinator = new StandInCoordinator();
    }

    @Test
    void a_branch_whose_global_transaction_is_forgotten_is_cancelled_once_and_told_at_once(CapturedOutput output)
            throws Exception {
        trySeatas(BRANCH);
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isEqualTo(1);
        assertThat(look()).isZero();
        bench.runDue(fence);
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.ROLLBACKED);
        assertThat(row().lastError()).contains("Finished", "CANCEL");
        assertThat(effects()).containsExactly(TRY, CANCEL);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
        assertThat(alarms(output)).singleElement().asString().contains(StockAction.NAME, XID, "Finished", "CANCEL");
        assertThat(orphans("cancel")).isEqualTo(1);
        assertThat(audit())
                .singleElement()
                .asString()
                .startsWith("ORPHAN_CANCEL stock.reserve " + XID + "/42 TRIED by instance-0: ")
                .contains("Finished");
        assertThat(bench.cancel(fence, XID, BRANCH))
                .as("should the coordinator come")
                .isTrue();
        assertThat(effects()).containsExactly(TRY, CANCEL);
    }

    @Test
    void a_branch_that_is_younger_than_a_minute_is_not_asked_about() throws Exception {
        trySeatas(BRANCH);
        bench.clock.advance(MINUTE);

        assertThat(look()).isZero();

        assertThat(coordinator.questions).isEmpty();
    }

    @Test
    void a_branch_whose_global_transaction_runs_is_left_alone() throws Exception {
        trySeatas(BRANCH);
        coordinator.says(XID, GlobalStatus.Begin);
        bench.clock.advance(Duration.ofHours(1));

        assertThat(look()).isZero();

        assertThat(coordinator.questions).containsExactly(XID);
        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().lastError()).isNull();
    }

    @Test
    void nothing_follows_if_the_coordinator_does_not_answer_and_it_is_asked_again() throws Exception {
        trySeatas(BRANCH);
        bench.clock.advance(Duration.ofHours(1));
        OrphanedBranches orphans = orphans(fence, 20);
        coordinator.away = true;

        assertThatThrownBy(orphans::look).isInstanceOf(TransactionException.class);
        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);

        coordinator.away = false;
        assertThat(orphans.look()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "Rollbacked",
                "TimeoutRollbacked",
                "RollbackFailed",
                "TimeoutRollbackFailed",
                "RollbackRetryTimeout"
            })
    void what_is_rolled_back_is_cancelled(GlobalStatus status) throws Exception {
        trySeatas(BRANCH);
        coordinator.says(XID, status);
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isEqualTo(1);
        bench.runDue(fence);

        assertThat(effects()).containsExactly(TRY, CANCEL);
    }

    @ParameterizedTest
    @EnumSource(names = {"Committed", "CommitFailed", "CommitRetryTimeout"})
    void what_is_committed_is_confirmed(GlobalStatus status) throws Exception {
        trySeatas(BRANCH);
        coordinator.says(XID, status);
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isEqualTo(1);
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(orphans("confirm")).isEqualTo(1);
        assertThat(audit())
                .singleElement()
                .asString()
                .startsWith("ORPHAN_CONFIRM ")
                .contains(status.name());
        assertThat(bench.confirm(fence, XID, BRANCH)).isTrue();
    }

    /** It may keep on asking another installation, which refuses. */
    @ParameterizedTest
    @EnumSource(names = {"Committing", "CommitRetrying", "Rollbacking", "RollbackRetrying", "TimeoutRollbacking"})
    void a_decision_that_the_coordinator_is_still_telling_is_carried_out_after_ten_minutes_without_it(
            GlobalStatus status) throws Exception {
        trySeatas(BRANCH);
        coordinator.says(XID, status);
        bench.clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(look()).isZero();

        bench.clock.advance(Duration.ofMillis(1));
        assertThat(look()).isEqualTo(1);
        bench.runDue(fence);

        assertThat(effects()).containsExactly(TRY, status.name().startsWith("Commit") ? CONFIRM : CANCEL);
    }

    // Never against a commit

    @Test
    void a_branch_whose_confirm_is_being_retried_is_not_even_asked_about() throws Exception {
        trySeatas(BRANCH);
        failAlways();
        assertThat(confirm()).isFalse();
        bench.clock.advance(Duration.ofHours(1));

        assertThat(look()).isZero();

        assertThat(coordinator.questions).isEmpty();
        heal();
        bench.runDue(fence);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void a_confirm_that_comes_between_the_question_and_the_cancel_wins() throws Exception {
        trySeatas(BRANCH);
        bench.clock.advance(MINUTE.plusMillis(1));
        coordinator.meanwhile = () -> assertThat(confirm()).isTrue();

        assertThat(look()).isZero();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(audit()).as("the race is lost").isEmpty();
    }

    @Test
    void a_decision_whose_audit_cannot_be_written_is_not_made() throws Exception {
        trySeatas(BRANCH);
        bench.clock.advance(MINUTE.plusMillis(1));
        OrphanedBranches orphans = orphans(fence, 20);
        String columns = "alter table tcc_audit rename column %s to %s";
        bench.execute(columns.formatted("reason", "another"));
        try {
            assertThatThrownBy(orphans::look).isInstanceOf(DataAccessException.class);
        } finally {
            bench.execute(columns.formatted("another", "reason"));
        }
        assertThat(row().lastError()).isNull();
        bench.runDue(fence);
        assertThat(effects()).containsExactly(TRY);

        assertThat(orphans.look()).isEqualTo(1);
    }

    @Test
    void a_fence_whose_audit_takes_no_orphans_is_refused_at_the_start_with_the_script_to_run() throws Exception {
        String check = "alter table tcc_audit drop constraint tcc_audit_operation,"
                + " add constraint tcc_audit_operation check (operation in (%s))";
        String before = "'RETRY', 'RESOLVE', 'PAUSE', 'RESUME'";
        bench.execute(check.formatted(before));
        try {
            assertThatThrownBy(() -> orphans(fence, 20)).hasMessageContaining("audit_operations.sql");
        } finally {
            bench.execute(check.formatted(before + ", 'ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT'"));
        }
        assertThat(audit()).isEmpty();
    }

    @Test
    void a_forgotten_transaction_of_which_another_branch_was_committed_here_is_left_to_a_person(CapturedOutput output)
            throws Exception {
        trySeatas(BRANCH);
        trySeatas(43);
        assertThat(bench.confirm(fence, XID, 43)).isTrue();
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isZero();
        assertThat(look()).isZero();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().lastError()).contains("committed here", "person");
        assertThat(alarms(output)).hasSize(1);
        assertThat(orphans("left")).isEqualTo(1);
        assertThat(audit())
                .singleElement()
                .asString()
                .startsWith("ORPHAN_LEFT ")
                .contains("committed here");
        assertThat(confirm()).as("whoever finds out can still confirm it").isTrue();
    }

    @Test
    void a_cancel_is_not_decided_beside_a_commit_even_if_the_look_has_not_seen_it() throws Exception {
        trySeatas(BRANCH);
        trySeatas(43);
        assertThat(bench.confirm(fence, XID, 43)).isTrue();
        var orphans = new OrphanChanges(
                fence.orphans(coordinator, properties(20)),
                new BranchKey(XID, BRANCH),
                StockAction.NAME,
                bench.clock.instant());

        assertThat(orphans.cancel()).isFalse();
        assertThat(audit()).isEmpty();
        assertThat(orphans.confirm()).isTrue();
        assertThat(audit()).hasSize(1);
    }

    @Test
    void a_forgotten_branch_that_bears_no_identity_is_left_to_a_person() throws Exception {
        tryReserve();
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isZero();

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(row().lastError()).contains("no identity");
        assertThat(orphans("left")).isEqualTo(1);
    }

    @Test
    void a_forgotten_branch_that_bears_the_identity_of_another_schema_is_left_to_a_person() throws Exception {
        trySeatas(BRANCH);
        bench.execute("update tcc_fence_log set context = replace(context, '%s', '0123456789abcdef')"
                .formatted(fence.schema().id()));
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isZero();

        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
    }

    /** As the README of tcc-fence-sql tells it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_person_who_has_found_out_decides_a_branch_that_was_left(int decision) throws Exception {
        tryReserve();
        bench.clock.advance(MINUTE.plusMillis(1));
        look();

        bench.execute("""
                update tcc_fence_log
                set decision = %d,
                    decided_at = gmt_modified, next_attempt_at = gmt_modified, lane = 1,
                    context = coalesce(context, '{"actionContext":{}}')
                where xid = '%s' and branch_id = %d and status = 1 and decision is null
                """.formatted(decision, XID, BRANCH));
        bench.runDue(fence);

        assertThat(effects()).containsExactly(TRY, decision == 1 ? CONFIRM : CANCEL);
    }

    @Test
    void a_branch_of_a_version_that_kept_no_context_is_left_to_the_coordinator_as_long_as_it_is_at_it()
            throws Exception {
        tryReserve();
        coordinator.says(XID, GlobalStatus.CommitRetrying);
        bench.clock.advance(Duration.ofHours(1));

        assertThat(look()).isZero();
        assertThat(row().lastError()).isNull();

        coordinator.says(XID, GlobalStatus.Rollbacked);
        assertThat(look()).isZero();
        assertThat(row().lastError()).contains("Rollbacked", "context", "person");
    }

    // Bounds

    @Test
    void one_look_asks_no_more_than_its_batch_and_the_next_one_goes_on_where_it_ended() throws Exception {
        for (int n = 0; n < 5; n++) {
            bench.clock.advance(Duration.ofMillis(n % 2));
            trySeatas("10.0.0.1:8091:" + (7100 + n), 50 + n);
        }
        IntStream.range(0, 5).forEach(n -> coordinator.says("10.0.0.1:8091:" + (7100 + n), GlobalStatus.Begin));
        bench.clock.advance(Duration.ofHours(1));
        OrphanedBranches orphans = orphans(fence, 2);

        List<Integer> asked = new ArrayList<>();
        for (int look = 0; look < 3; look++) {
            orphans.look();
            asked.add(coordinator.questions.size());
        }

        assertThat(asked).containsExactly(2, 4, 5);
        assertThat(coordinator.questions).doesNotHaveDuplicates();
        orphans.look();
        assertThat(coordinator.questions).as("from the beginning again").hasSize(7);
    }

    @Test
    void branches_of_one_global_transaction_are_one_question() throws Exception {
        for (long branch = 50; branch < 55; branch++) {
            trySeatas(branch);
        }
        bench.clock.advance(MINUTE.plusMillis(1));

        assertThat(look()).isEqualTo(5);

        assertThat(coordinator.questions).containsExactly(XID);
    }

    @Test
    void instances_that_look_at_once_decide_and_tell_once(CapturedOutput output) throws Exception {
        for (long branch = 50; branch < 60; branch++) {
            trySeatas(branch);
        }
        bench.clock.advance(MINUTE.plusMillis(1));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> looks = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                OrphanedBranches orphans = orphans(bench.fence(), 20);
                looks.add(orphans::look);
            }
            int decided = 0;
            for (Future<Integer> look : threads.invokeAll(looks)) {
                decided += look.get();
            }

            assertThat(decided).isEqualTo(10);
            assertThat(alarms(output)).hasSize(10);
            assertThat(orphans("cancel")).isEqualTo(10);
            assertThat(audit()).hasSize(10);
        } finally {
            threads.shutdownNow();
        }
        bench.runDue(fence);
        bench.runDue(fence);
        assertThat(bench.stock()).isEqualTo(stockWith(0, 0));
    }

    @Test
    void a_branch_of_an_action_that_this_version_does_not_know_is_left_to_others() throws Exception {
        trySeatas(BRANCH);
        bench.actions.put("another.action", bench.action);
        bench.execute("update tcc_fence_log set action_name = 'of.a.newer.version'");
        bench.clock.advance(Duration.ofHours(1));

        assertThat(look()).isZero();

        assertThat(coordinator.questions).isEmpty();
    }

    // The context

    @Test
    void the_cancel_finds_in_the_context_what_the_try_was_given_and_what_it_has_added() throws Exception {
        BusinessActionContext context = contextOf(XID, BRANCH);
        context.getActionContext().put("quantity", 3);
        BusinessActionContextUtil.setContext(context);
        try {
            fence.prepareFence(XID, BRANCH, StockAction.NAME, () -> {
                Object result = bench.action.reserve(context, SKU);
                context.getActionContext().put("shelf", "B 7");
                return result;
            });
        } finally {
            BusinessActionContextUtil.clear();
        }
        bench.clock.advance(MINUTE.plusMillis(1));
        Map<String, Object> seen = new HashMap<>();
        bench.action.disturb((operation, of) -> {
            seen.put("quantity", of.getActionContext("quantity", Integer.class));
            seen.put("shelf", of.getActionContext("shelf"));
        });

        assertThat(look()).isEqualTo(1);
        bench.runDue(fence);

        assertThat(effects()).containsExactly(TRY, CANCEL);
        assertThat(seen).isEqualTo(Map.of("quantity", 3, "shelf", "B 7"));
    }

    @Test
    void a_branch_that_has_ended_keeps_no_context() {
        trySeatas(50);
        trySeatas(51);
        assertThat(contexts()).as("while they are open").isEqualTo(2);

        assertThat(bench.confirm(fence, XID, 50)).isTrue();
        assertThat(bench.cancel(fence, XID, 51)).isTrue();

        assertThat(contexts()).isZero();
    }

    private long contexts() {
        return bench.count("select count(*) from tcc_fence_log where context is not null");
    }

    // What the cases are made of

    /** As Seata calls it, with the context on the thread. */
    private void trySeatas(long branch) {
        trySeatas(XID, branch);
    }

    private void trySeatas(String xid, long branch) {
        BusinessActionContextUtil.setContext(contextOf(xid, branch));
        try {
            bench.tryReserve(fence, xid, branch, SKU);
        } finally {
            BusinessActionContextUtil.clear();
        }
    }

    private static BusinessActionContext contextOf(String xid, long branch) {
        BusinessActionContext context = new BusinessActionContext(xid, Long.toString(branch), new HashMap<>());
        context.setActionName(StockAction.NAME);
        return context;
    }

    private int look() throws TransactionException {
        return orphans(fence, 20).look();
    }

    private OrphanedBranches orphans(Instance instance, int batch) {
        return instance.orphanedBranches(coordinator, properties(batch));
    }

    private static OrphanProperties properties(int batch) {
        return new OrphanProperties(true, MINUTE, Duration.ofMinutes(10), Duration.ofSeconds(10), batch);
    }

    private long orphans(String result) {
        return Math.round(bench.registry
                .get(FenceMetrics.ORPHANS)
                .tags("action", StockAction.NAME, "result", result)
                .counter()
                .count());
    }

    private List<String> audit() {
        return bench.jdbc.query("select * from tcc_audit order by id", (row, n) -> "%s %s %s/%s %s by %s: %s"
                .formatted(
                        row.getString("operation"),
                        row.getString("action_name"),
                        row.getString("xid"),
                        row.getString("branch_id"),
                        row.getString("status_before"),
                        row.getString("who"),
                        row.getString("reason")));
    }

    private static List<String> alarms(CapturedOutput output) {
        return output.getOut().lines().filter(line -> line.contains("ALARM")).toList();
    }

    /** Knows what a test has told it, and nothing else. */
    private static final class StandInCoordinator implements GlobalTransactions {

        private final Map<String, GlobalStatus> statuses = new ConcurrentHashMap<>();
        private final List<String> questions = new ArrayList<>();
        private Runnable meanwhile = () -> {};
        private volatile boolean away;

        void says(String xid, GlobalStatus status) {
            statuses.put(xid, status);
        }

        @Override
        public synchronized GlobalStatus statusOf(String xid) throws TransactionException {
            if (away) {
                throw new TransactionException(TransactionExceptionCode.IO, "the stand-in is away");
            }
            questions.add(xid);
            meanwhile.run();
            return statuses.getOrDefault(xid, GlobalStatus.Finished);
        }
    }
}

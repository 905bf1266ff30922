package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.fence.AttemptTable;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** When a branch is attempted, and what is written down of each attempt. */
abstract class AttemptCases extends RetryCases {

    @Test
    void the_gaps_between_attempts_double_up_to_the_cap() {
        policy(withDelays(Duration.ofSeconds(1), Duration.ofSeconds(20)));
        List<Long> gaps = new ArrayList<>();
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();

        for (int attempt = 1; attempt <= 7; attempt++) {
            Instant due = due(BRANCH);
            gaps.add(Duration.between(bench.clock.instant(), due).toMillis());
            bench.clock.set(due.minusMillis(1));
            bench.runDue(fence);
            assertThat(row().attempts()).as("not before it is due").isEqualTo(attempt);
            bench.clock.set(due);
            bench.runDue(fence);
            assertThat(row().attempts()).isEqualTo(attempt + 1);
        }

        assertThat(gaps).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 20_000L, 20_000L);
        assertThat(row().lastError()).contains("the ledger is closed");
        assertThat(effects()).containsExactly(TRY);
    }

    @Test
    void each_failed_attempt_is_written_down_with_its_times_its_error_and_when_the_next_one_was_due() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        bench.clock.advance(Duration.ofSeconds(1));
        fail(CONFIRM, new NotYetException("soon"));
        Instance other = bench.fence();
        bench.runDue(other);
        bench.clock.advance(Duration.ofSeconds(2));
        heal();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(fence.operations().failedAttempts(XID, BRANCH))
                .containsExactly(
                        new FailedAttempt(
                                1,
                                "CONFIRM",
                                START,
                                START,
                                "java.lang.IllegalStateException: the ledger is closed",
                                START.plusSeconds(1),
                                "instance-0"),
                        new FailedAttempt(
                                2,
                                "CONFIRM",
                                START.plusSeconds(1),
                                START.plusSeconds(1),
                                "soon",
                                START.plusSeconds(3),
                                "instance-1"));
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.failures()).hasSize(2);
            assertThat(branch.nextDueAt()).isNull();
            assertThat(branch.state()).isNull();
        });
    }

    @Test
    void an_attempt_that_takes_time_tells_when_it_began_and_when_it_had_failed() {
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            bench.clock.advance(Duration.ofSeconds(4));
            throw new IllegalStateException("the gateway does not answer");
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);

        assertThat(fence.operations().failedAttempts(XID, BRANCH)).last().satisfies(attempt -> {
            assertThat(attempt.startedAt()).isEqualTo(START.plusSeconds(1));
            assertThat(attempt.endedAt()).isEqualTo(START.plusSeconds(5));
            assertThat(attempt.nextDueAt()).isEqualTo(due(BRANCH));
        });
    }

    @Test
    void a_failed_attempt_costs_one_statement_and_no_commit_more_than_its_fence_row() {
        schedule(LongStream.of(BRANCH));
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        bench.clock.advance(Duration.ofSeconds(1));
        AtomicInteger commits = new AtomicInteger();
        bench.transactionManager.beforeCommit(commits::incrementAndGet);
        statements().clear();

        bench.runDue(fence);

        assertThat(statements())
                .filteredOn(sql -> sql.contains("tcc_attempt") || sql.contains("set attempts"))
                .hasSize(2)
                .last()
                .asString()
                .contains("insert into tcc_attempt");
        assertThat(commits).as("of the claim and of the failure").hasValue(2);
    }

    @Test
    void an_attempt_whose_claim_is_lost_is_not_written_down() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(slow);
                throw new IllegalStateException("too late to say so");
            }
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        bench.clock.advance(RetryProperties.DEFAULT.lease());
        bench.runDue(bench.fence());
        slow.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();

        assertThat(calls).hasValue(2);
        assertThat(fence.operations().failedAttempts(XID, BRANCH)).hasSize(1);
        assertThat(row().attempts()).isEqualTo(1);
    }

    @Test
    void of_a_branch_that_fails_for_ever_the_first_and_the_last_attempts_are_kept() {
        policy(withDelays(Duration.ofMillis(1), Duration.ofMillis(1)));
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        int last = AttemptTable.FIRST_KEPT + AttemptTable.LAST_KEPT + 3;
        for (int attempt = 2; attempt <= last; attempt++) {
            bench.clock.advance(Duration.ofMillis(1));
            bench.runDue(fence);
        }

        assertThat(row().attempts()).isEqualTo(last);
        List<FailedAttempt> kept = branch().failures();
        assertThat(kept)
                .extracting(FailedAttempt::number)
                .hasSize(AttemptTable.FIRST_KEPT + AttemptTable.LAST_KEPT)
                .isSorted()
                .contains(1, AttemptTable.FIRST_KEPT, AttemptTable.FIRST_KEPT + 4, last)
                .doesNotContain(AttemptTable.FIRST_KEPT + 1, AttemptTable.FIRST_KEPT + 3);
        assertThat(bench.count("select count(*) from tcc_attempt")).isEqualTo(kept.size());
    }

    @Test
    void the_attempts_of_a_branch_go_with_its_fence_row_and_not_before() {
        schedule(LongStream.of(BRANCH, 43));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.action.disturb((operation, context) -> {
            if (context.getBranchId() == 43) {
                throw new IllegalStateException("still closed");
            }
        });
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.count("select count(*) from tcc_attempt")).isEqualTo(3);
        assertThat(fence.cleaner().clean()).as("too young").isZero();

        bench.clock.advance(Duration.ofDays(8));
        statements().clear();
        assertThat(fence.cleaner().clean()).isEqualTo(1);

        assertThat(statements())
                .filteredOn(sql -> sql.contains("delete from tcc_attempt"))
                .allMatch(sql -> sql.contains("number = ?"));
        assertThat(bench.count("select count(*) from tcc_attempt where branch_id = 42"))
                .isZero();
        assertThat(bench.count("select count(*) from tcc_attempt where branch_id = 43"))
                .isEqualTo(2);
    }

    @Test
    void a_branch_tells_what_is_to_come_of_it() {
        tryReserve();
        assertThat(branch().state()).isEqualTo("TRIED");
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.state()).isEqualTo("SCHEDULED");
            assertThat(branch.decision()).isEqualTo("CONFIRM");
            assertThat(branch.nextDueAt()).isEqualTo(START.plusSeconds(1));
        });
        fence.operations().pause(StockAction.NAME, "ada", "the gateway moves");
        assertThat(branch().state()).isEqualTo("PAUSED");
        fence.operations().resume(StockAction.NAME, "ada", "moved");
        policy(paused());
        assertThat(branch().state()).as("paused by its settings").isEqualTo("PAUSED");
        policy(withDeadline(Duration.ofSeconds(1)));
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);
        assertThat(branch()).satisfies(branch -> {
            assertThat(branch.state()).isEqualTo("PARKED");
            assertThat(branch.nextDueAt()).isNull();
            assertThat(branch.failures()).last().satisfies(last -> assertThat(last.nextDueAt())
                    .isNull());
        });
    }

    @Test
    void the_give_up_is_told_from_the_confirm_that_it_follows() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));
        confirm(action);
        action.failingOutside = 1;
        bench.runDue(fence);

        assertThat(branch().state()).isEqualTo("GIVING_UP");
        assertThat(branch().failures())
                .extracting(failure -> failure.number() + " " + failure.operation() + ": " + failure.error())
                .containsExactly(
                        "1 CONFIRM: card stolen",
                        "2 GIVE_UP: java.lang.IllegalStateException: the gateway cannot be told");
    }

    @Test
    void what_a_database_says_is_told_without_the_statement_that_it_says_it_of() {
        tryReserve();
        bench.action.disturb((operation, context) -> {
            if (operation == CONFIRM) {
                bench.jdbc.update("insert into effect (xid, branch_id, operation) values (?, ?, null)", XID, BRANCH);
            }
        });
        confirm();

        assertThat(row().lastError())
                .contains("Exception: ")
                .containsIgnoringCase("operation")
                .doesNotContain("insert into", "values", "\n");
        assertThat(branch().failures()).singleElement().satisfies(failure -> assertThat(failure.error())
                .isEqualTo(row().lastError()));
    }

    // Counters at the end of what their columns hold

    @Test
    void a_branch_that_has_failed_longer_than_its_step_can_be_counted_is_attempted_and_written_down_all_the_same() {
        policy(withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        schedule(LongStream.of(BRANCH));
        atTheBound("delay_step", Short.MAX_VALUE);
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));

        attemptAfter(Duration.ofSeconds(1));
        attemptAfter(Duration.ofSeconds(1));

        assertThat(row().attempts()).isEqualTo(3);
        assertThat(fence.operations().failedAttempts(XID, BRANCH)).hasSize(3);
        assertThat(due(BRANCH)).isEqualTo(bench.clock.instant().plusSeconds(1));
        heal();
        attemptAfter(Duration.ofSeconds(1));
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }

    @Test
    void the_step_stops_where_it_changes_nothing_any_more() {
        policy(withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        schedule(LongStream.of(BRANCH));
        atTheBound("delay_step", NextStep.MAX_DELAY_STEPS);
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));

        attemptAfter(Duration.ofSeconds(1));

        assertThat(bench.count("select delay_step from tcc_fence_log")).isEqualTo(NextStep.MAX_DELAY_STEPS);
    }

    @Test
    void more_attempts_than_can_be_counted_are_made_and_end_the_branch() {
        schedule(LongStream.of(BRANCH));
        atTheBound("attempts", Integer.MAX_VALUE);
        fail(CONFIRM, new IllegalStateException("still closed"));

        attemptAfter(Duration.ofSeconds(1));
        attemptAfter(Duration.ofMinutes(5));

        assertThat(row().attempts()).isEqualTo(Integer.MAX_VALUE);
        assertThat(row().lastError()).contains("still closed");
        heal();
        attemptAfter(Duration.ofMinutes(5));
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }

    @Test
    void more_attempts_than_can_be_counted_do_not_keep_a_branch_from_being_given_up_or_parked() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new IllegalStateException("the ledger is closed"));
        confirm(action);
        atTheBound("attempts", Integer.MAX_VALUE);
        policy(withDeadline(Duration.ofSeconds(1)));
        action.failingOutside = Integer.MAX_VALUE;

        attemptAfter(Duration.ofSeconds(1));
        assertThat(branch().state()).isEqualTo("GIVING_UP");
        attemptAfter(Duration.ofMinutes(5));

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().attempts()).isEqualTo(Integer.MAX_VALUE);
    }

    private void atTheBound(String counter, long bound) {
        new TransactionTemplate(bench.transactionManager)
                .executeWithoutResult(
                        status -> bench.jdbc.update("update tcc_fence_log set " + counter + " = ?", bound));
    }
}

package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.fence.FenceStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the cleaner deletes, and what it leaves. */
abstract class CleanerCases extends FenceCases {

    @Test
    void the_cleaner_deletes_final_rows_that_are_older_than_the_retention_and_no_others() throws SQLException {
        insertRows(1, 3, 2, 8);
        insertRows(4, 3, 3, 8);
        insertRows(7, 3, 4, 8);
        insertRows(10, 3, 1, 8);
        insertRows(13, 1, 2, 6);
        insertRows(14, 2, 5, 8);
        insertRows(16, 2, 6, 8);
        insertRows(18, 1, 4, 8);
        bench.execute("update tcc_fence_log set decision = 3, decided_at = gmt_create, context = '{}', lane = 1,"
                + " next_attempt_at = gmt_create where branch_id = 18");
        FenceProperties settings =
                new FenceProperties(Isolation.READ_COMMITTED, Duration.ofDays(7), Duration.ofMinutes(10), 500);

        assertThat(bench.fence(settings).cleaner().clean()).isEqualTo(11);

        assertThat(bench.rows("order by branch_id").stream().map(FenceBench.FenceRow::branchId))
                .as("undecided, young, parked, and not finished")
                .containsExactly(10L, 11L, 12L, 13L, 16L, 17L, 18L);
    }

    @Test
    void the_cleaner_measures_age_from_the_last_change_by_the_clock_of_the_service() {
        tryReserve();
        bench.clock.advance(Duration.ofDays(6));
        confirm();
        bench.clock.advance(Duration.ofDays(7));

        assertThat(fence.cleaner().clean()).isZero();
        bench.clock.advance(Duration.ofMillis(1));
        assertThat(fence.cleaner().clean()).isEqualTo(1);

        assertThat(row()).isNull();
    }

    @Test
    void the_cleaner_works_in_chunks_of_a_bounded_size() throws SQLException {
        insertRows(1, 10, 2, 8);
        FenceProperties settings =
                new FenceProperties(Isolation.READ_COMMITTED, Duration.ofDays(7), Duration.ofMinutes(10), 3);
        List<Long> leftBeforeEachCommit = new ArrayList<>();
        bench.transactionManager.beforeCommit(
                () -> leftBeforeEachCommit.add(bench.count("select count(*) from tcc_fence_log")));

        assertThat(bench.fence(settings).cleaner().clean()).isEqualTo(10);

        assertThat(leftBeforeEachCommit).startsWith(7L, 4L, 1L, 0L);
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void the_cleaner_holds_up_no_branch_even_next_to_the_rows_that_it_deletes(Isolation isolation) throws Exception {
        insertRows(10, 5, 2, 8);
        insertRows(20, 5, 2, 8);
        FenceProperties settings = new FenceProperties(isolation, Duration.ofDays(7), Duration.ofMinutes(10), 500);
        Pause beforeCommit = new Pause();
        ThreadLocal<Boolean> cleaning = ThreadLocal.withInitial(() -> false);
        bench.transactionManager.beforeCommit(() -> {
            if (cleaning.get()) {
                beforeCommit.stay();
            }
        });
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> cleaned = thread.submit(() -> {
                cleaning.set(true);
                return bench.fence(settings).cleaner().clean();
            });
            beforeCommit.awaitReached();

            // If a gap were locked, these would wait for the cleaner, and the cleaner waits for them.
            Instance meanwhile = bench.fence(isolation);
            for (long branch : new long[] {9, 15, 17, 19, 25}) {
                bench.tryReserve(meanwhile, XID, branch, SKU);
                assertThat(bench.confirm(meanwhile, XID, branch)).isTrue();
            }
            beforeCommit.release();

            assertThat(cleaned.get(30, TimeUnit.SECONDS)).isEqualTo(10);
        } finally {
            beforeCommit.release();
            thread.shutdownNow();
        }
    }

    @Test
    void the_cleaner_that_seata_may_call_itself_keeps_undecided_rows_too() throws SQLException {
        insertRows(1, 2, 1, 8);
        insertRows(3, 2, 2, 8);

        assertThat(fence.deleteFenceByDate(Date.from(bench.clock.instant()))).isEqualTo(2);

        assertThat(bench.rows("").stream().map(FenceBench.FenceRow::status)).containsOnly(FenceStatus.TRIED);
    }

    private void insertRows(long firstBranch, int rows, int status, int daysOld) throws SQLException {
        for (long branch = firstBranch; branch < firstBranch + rows; branch++) {
            bench.execute("""
                    insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                    values ('%1$s', %2$d, '%3$s', %4$d, '%5$s', '%5$s')
                    """.formatted(
                    XID,
                    branch,
                    StockAction.NAME,
                    status,
                    LocalDateTime.ofInstant(bench.clock.instant().minus(Duration.ofDays(daysOld)), ZoneOffset.UTC)));
        }
    }
}

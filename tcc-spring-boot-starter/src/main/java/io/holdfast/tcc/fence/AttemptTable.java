package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceColumns.instant;
import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The SQL of {@code tcc_attempt}: every failed attempt of the branches that have any. A row is written in the transaction that
 * counts the failure in the fence row, and guarded by it: an attempt that has lost its claim writes neither.
 */
public final class AttemptTable {

    /** People ask for the first and the last attempts; of those in between only the count is kept. */
    public static final int FIRST_KEPT = 20;

    public static final int LAST_KEPT = 180;

    private final JdbcClient jdbc;
    /** JdbcClient knows no batches. */
    private final JdbcTemplate batches;

    public AttemptTable(DataSource dataSource) {
        this.batches = new JdbcTemplate(dataSource);
        this.jdbc = JdbcClient.create(batches);
    }

    /** Keeps the number of a branch's rows bounded: from some number on, each new one takes the place of an older one. */
    public void add(BranchKey key, FailedAttempt attempt) {
        int rows = jdbc.sql("""
                        insert into tcc_attempt (xid, branch_id, number, operation, started_at, ended_at, error,
                            next_due_at, instance)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(
                        key.xid(),
                        key.branchId(),
                        attempt.number(),
                        attempt.operation(),
                        utc(attempt.startedAt()),
                        utc(attempt.endedAt()),
                        text(attempt.error()),
                        attempt.nextDueAt() == null ? null : utc(attempt.nextDueAt()),
                        attempt.instance())
                .update();
        if (rows != 1) {
            throw new IllegalStateException("Wrote " + rows + " rows instead of one");
        }
        int outdated = attempt.number() - LAST_KEPT;
        if (outdated > FIRST_KEPT) {
            // One or, of a branch whose attempts were not written down from the start, none.
            jdbc.sql("delete from tcc_attempt where xid = ? and branch_id = ? and number = ?")
                    .params(key.xid(), key.branchId(), outdated)
                    .update();
        }
    }

    /** Those that are kept of a branch, the first one first. */
    public List<FailedAttempt> of(String xid, long branchId) {
        return jdbc.sql("""
                        select number, operation, started_at, ended_at, error, next_due_at, instance from tcc_attempt
                        where xid = ? and branch_id = ? order by number limit ?
                        """)
                .params(xid, branchId, FIRST_KEPT + LAST_KEPT)
                .query((row, n) -> new FailedAttempt(
                        row.getInt("number"),
                        row.getString("operation"),
                        requireInstant(row, "started_at"),
                        requireInstant(row, "ended_at"),
                        Objects.requireNonNull(row.getString("error")),
                        instant(row, "next_due_at"),
                        row.getString("instance")))
                .list();
    }

    /** By primary key, as the cleaner deletes everything. @return whether there were any */
    boolean delete(BranchKey key) {
        List<Integer> numbers = jdbc.sql(
                        "select number from tcc_attempt where xid = ? and branch_id = ? order by number")
                .params(key.xid(), key.branchId())
                .query(Integer.class)
                .list();
        batches.batchUpdate(
                "delete from tcc_attempt where xid = ? and branch_id = ? and number = ?",
                numbers,
                FIRST_KEPT + LAST_KEPT,
                (statement, number) -> {
                    statement.setString(1, key.xid());
                    statement.setLong(2, key.branchId());
                    statement.setInt(3, number);
                });
        return !numbers.isEmpty();
    }
}

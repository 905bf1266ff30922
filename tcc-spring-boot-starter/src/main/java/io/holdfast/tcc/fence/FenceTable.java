package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceColumns.instant;
import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import io.holdfast.tcc.fence.FenceDialect.Cancelled;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The SQL of {@code tcc_fence_log} that Try, Confirm and Cancel need. Every change names the status it starts from and tells whether
 * it found it.
 */
public final class FenceTable {

    private static final String STATE = """
            case when status = 6 then 'PARKED' when lane is null then 'TRIED'
                when give_up_cause is not null then 'GIVING_UP' else 'SCHEDULED' end""";

    private final JdbcClient jdbc;
    /** JdbcClient knows no batches. */
    private final JdbcTemplate batches;

    private final FenceDialect dialect;

    /** @throws IllegalStateException if the database is none that the fence has SQL for, or cannot be reached */
    public FenceTable(DataSource dataSource) {
        this.batches = new JdbcTemplate(dataSource);
        this.jdbc = JdbcClient.create(batches);
        this.dialect = FenceDialect.of(dataSource);
    }

    public FenceDialect dialect() {
        return dialect;
    }

    /**
     * @param context kept as long as the branch is not ended, so that it can be ended from its row
     * @return false if the branch has a row already
     */
    public boolean insertTried(BranchKey key, String action, @Nullable String context, Instant now) {
        try {
            return changedOne(dialect.insertTried, key.xid(), key.branchId(), action, context, utc(now), utc(now));
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** A Try has added to its context. */
    public void keepContext(BranchKey key, String context) {
        if (!changedOne(
                "update tcc_fence_log set context = ? where xid = ? and branch_id = ? and status = 1 and decision is null",
                context,
                key.xid(),
                key.branchId())) {
            throw new IllegalStateException("The row of a Try that is not committed yet is not as it was: " + key);
        }
    }

    /** @return false if the row is not TRIED, or its end is decided and scheduled, or it is missing */
    public boolean commit(BranchKey key, Instant now) {
        return changedOne("""
                update tcc_fence_log set status = 2, gmt_modified = ?, context = null
                where xid = ? and branch_id = ? and status = 1 and decision is null
                """, utc(now), key.xid(), key.branchId());
    }

    /** Inserts SUSPENDED, or turns TRIED into ROLLBACKED, in one statement: looking first would take a gap lock. */
    public Cancelled cancel(BranchKey key, String action, Instant now) {
        int affectedRows = jdbc.sql(dialect.upsertCancelled)
                .params(key.xid(), key.branchId(), action, utc(now), utc(now), utc(now))
                .update();
        return dialect.readCancelled(affectedRows, () -> find(key)
                .orElseThrow(() -> new IllegalStateException("Fence row vanished while cancelled: " + key)));
    }

    /** Records the end of a branch that was never tried, so that a late Try is refused. False if a row is there now. */
    public boolean insertSuspended(BranchKey key, String action, String why, Instant now) {
        try {
            return changedOne("""
                    insert into tcc_fence_log
                        (xid, branch_id, action_name, status, gmt_create, gmt_modified, last_error)
                    values (?, ?, ?, 4, ?, ?, ?)
                    """, key.xid(), key.branchId(), action, utc(now), utc(now), why);
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /**
     * Ends a claimed branch.
     *
     * @param claim the end of the lease, by which the row recognises the claim
     * @return false if the claim is lost
     */
    public boolean finish(BranchKey key, Instant claim, FenceStatus status, Instant now) {
        return changedOne("""
                update tcc_fence_log set status = ?, gmt_modified = ?, lane = null, next_attempt_at = null,
                    claimed_by = null
                where xid = ? and branch_id = ? and next_attempt_at = ?
                """, status.code(), utc(now), key.xid(), key.branchId(), utc(claim));
    }

    public Optional<FenceRow> find(BranchKey key) {
        return jdbc.sql("""
                        select status, decision, next_attempt_at, claimed_by from tcc_fence_log
                        where xid = ? and branch_id = ?
                        """)
                .params(key.xid(), key.branchId())
                .query((row, n) -> new FenceRow(
                        FenceStatus.of(row.getInt("status")),
                        decision(row),
                        instant(row, "next_attempt_at"),
                        row.getString("claimed_by")))
                .optional();
    }

    /** Waits for a local transaction that ends the branch at this moment. */
    public Optional<FenceRow> findForUpdate(BranchKey key) {
        boolean there = jdbc.sql("select branch_id from tcc_fence_log where xid = ? and branch_id = ? for update")
                .params(key.xid(), key.branchId())
                .query(Long.class)
                .optional()
                .isPresent();
        return there ? find(key) : Optional.empty();
    }

    /** @return empty if it has none, or is missing */
    public String actionOf(BranchKey key) {
        return jdbc.sql("select coalesce(action_name, '') from tcc_fence_log where xid = ? and branch_id = ?")
                .params(key.xid(), key.branchId())
                .query(String.class)
                .optional()
                .orElse("");
    }

    public static @Nullable Decision decision(ResultSet row) throws SQLException {
        int code = row.getInt("decision");
        return row.wasNull() ? null : Decision.of(code);
    }

    /** How many branches of each action are not finished, and where they are. */
    public List<BacklogEntry> backlog(Collection<String> actions) {
        // Empty rollbacks whose hook failed: found by action and tier, because SUSPENDED rows are many.
        String empty = actions.isEmpty()
                ? ""
                : "or (action_name in (%s) and lane in (1, 2) and status = 4)".formatted(marks(actions));
        return jdbc.sql("""
                        select action_name, %1$s as state, count(*) as branches,
                            min(coalesce(decided_at, gmt_create)) as oldest, sum(attempts) as attempts
                        from tcc_fence_log where status in (1, 6) %2$s group by action_name, %1$s
                        order by action_name, state
                        """.formatted(STATE, empty))
                .params(List.copyOf(actions))
                .query((row, n) -> new BacklogEntry(
                        Objects.requireNonNullElse(row.getString("action_name"), ""),
                        BacklogEntry.State.valueOf(row.getString("state")),
                        row.getLong("branches"),
                        requireInstant(row, "oldest"),
                        row.getLong("attempts")))
                .list();
    }

    /** As many question marks as there are values. */
    public static String marks(Collection<String> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    /** Final rows of one status that were last changed before the given time, oldest first. */
    List<Final> findFinal(FenceStatus status, Instant before, int limit) {
        return jdbc.sql("""
                        select xid, branch_id, attempts from tcc_fence_log
                        where status = ? and gmt_modified < ? and next_attempt_at is null order by gmt_modified limit ?
                        """)
                .params(status.code(), utc(before), limit)
                .query((row, n) -> new Final(new BranchKey(row.getString(1), row.getLong(2)), row.getInt(3) > 0))
                .list();
    }

    /** @param failed whether an attempt of it ever did */
    record Final(BranchKey key, boolean failed) {}

    /** By primary key, so that no gap is locked where live branches are inserted. */
    int delete(List<BranchKey> keys) {
        int deleted = 0;
        for (int[] counts : batches.batchUpdate("""
                delete from tcc_fence_log
                where xid = ? and branch_id = ? and status in (2, 3, 4, 5) and next_attempt_at is null
                """, keys, keys.size(), (statement, key) -> {
            statement.setString(1, key.xid());
            statement.setLong(2, key.branchId());
        })) {
            for (int count : counts) {
                deleted += count == Statement.SUCCESS_NO_INFO ? 1 : count;
            }
        }
        return deleted;
    }

    private boolean changedOne(String sql, @Nullable Object... arguments) {
        return jdbc.sql(sql).params(arguments).update() == 1;
    }
}

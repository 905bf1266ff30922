package io.holdfast.tcc.fence;

import io.holdfast.tcc.fence.FenceDialect.Cancelled;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The SQL of {@code tcc_fence_log}. Every change names the status it starts from and tells whether it found it. */
final class FenceTable {

    private static final int LAST_ERROR_LENGTH = 1000;

    private final JdbcTemplate jdbc;
    private final FenceDialect dialect;

    FenceTable(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.dialect = FenceDialect.of(dataSource);
    }

    /** @return false if the branch has a row already */
    boolean insertTried(BranchKey key, String action, Instant now) {
        try {
            return jdbc.update(dialect.insertTried, key.xid(), key.branchId(), action, utc(now), utc(now)) == 1;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** @return false if the row is not TRIED, or missing */
    boolean commit(BranchKey key, Instant now) {
        return jdbc.update("""
                        update tcc_fence_log set status = 2, gmt_modified = ?
                        where xid = ? and branch_id = ? and status = 1
                        """, utc(now), key.xid(), key.branchId()) == 1;
    }

    /** Inserts SUSPENDED, or turns TRIED into ROLLBACKED, in one statement: looking first would take a gap lock. */
    Cancelled cancel(BranchKey key, String action, Instant now) {
        int affectedRows =
                jdbc.update(dialect.upsertCancelled, key.xid(), key.branchId(), action, utc(now), utc(now), utc(now));
        return dialect.readCancelled(affectedRows, () -> statusOf(key)
                .orElseThrow(() -> new IllegalStateException("Fence row vanished while cancelled: " + key)));
    }

    /** Records the end of a branch that was never tried, so that a late Try is refused. False if a row is there now. */
    boolean insertSuspended(BranchKey key, String action, String why, Instant now) {
        try {
            return jdbc.update("""
                            insert into tcc_fence_log
                                (xid, branch_id, action_name, status, gmt_create, gmt_modified, last_error)
                            values (?, ?, ?, 4, ?, ?, ?)
                            """, key.xid(), key.branchId(), action, utc(now), utc(now), why) == 1;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    Optional<FenceStatus> statusOf(BranchKey key) {
        return jdbc
                .query(
                        "select status from tcc_fence_log where xid = ? and branch_id = ?",
                        (row, n) -> FenceStatus.of(row.getInt(1)),
                        key.xid(),
                        key.branchId())
                .stream()
                .findFirst();
    }

    /** @return false if the row is not TRIED any more: then another attempt has ended the branch */
    boolean recordFailure(BranchKey key, String error) {
        return jdbc.update("""
                        update tcc_fence_log set attempts = attempts + 1, last_error = ?
                        where xid = ? and branch_id = ? and status = 1
                        """, asLastError(error), key.xid(), key.branchId()) == 1;
    }

    /** What the column holds of it: PostgreSQL takes no NUL, and half a surrogate pair is no character. */
    private static String asLastError(String error) {
        String text = error.replace('\0', ' ');
        if (text.length() <= LAST_ERROR_LENGTH) {
            return text;
        }
        boolean cutsAPair = Character.isHighSurrogate(text.charAt(LAST_ERROR_LENGTH - 1));
        return text.substring(0, cutsAPair ? LAST_ERROR_LENGTH - 1 : LAST_ERROR_LENGTH);
    }

    /** Final rows of one status that were last changed before the given time, oldest first. */
    List<BranchKey> findFinal(FenceStatus status, Instant before, int limit) {
        return jdbc.query(
                """
                select xid, branch_id from tcc_fence_log
                where status = ? and gmt_modified < ? order by gmt_modified limit ?
                """, (row, n) -> new BranchKey(row.getString(1), row.getLong(2)), status.code(), utc(before), limit);
    }

    /** By primary key, so that no gap is locked where live branches are inserted. */
    int delete(List<BranchKey> keys) {
        int deleted = 0;
        for (int[] counts : jdbc.batchUpdate(
                "delete from tcc_fence_log where xid = ? and branch_id = ? and status <> 1",
                keys,
                keys.size(),
                (statement, key) -> {
                    statement.setString(1, key.xid());
                    statement.setLong(2, key.branchId());
                })) {
            for (int count : counts) {
                deleted += count == Statement.SUCCESS_NO_INFO ? 1 : count;
            }
        }
        return deleted;
    }

    private static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}

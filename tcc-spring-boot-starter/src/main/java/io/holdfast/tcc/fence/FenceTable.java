package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceColumns.instant;
import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.fence.FenceDialect.Cancelled;
import io.holdfast.tcc.retry.RetryTier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The SQL of {@code tcc_fence_log}. Every change names the status it starts from and tells whether it found it. */
final class FenceTable {

    private final JdbcTemplate jdbc;
    private final FenceDialect dialect;

    FenceTable(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.dialect = FenceDialect.of(dataSource);
    }

    FenceDialect dialect() {
        return dialect;
    }

    /**
     * @param context kept as long as the branch is not ended, so that it can be ended from its row
     * @return false if the branch has a row already
     */
    boolean insertTried(BranchKey key, String action, @Nullable String context, Instant now) {
        try {
            return jdbc.update(dialect.insertTried, key.xid(), key.branchId(), action, context, utc(now), utc(now))
                    == 1;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** A Try has added to its context. */
    void keepContext(BranchKey key, String context) {
        int rows = jdbc.update(
                "update tcc_fence_log set context = ? where xid = ? and branch_id = ? and status = 1 and decision is null",
                context,
                key.xid(),
                key.branchId());
        if (rows != 1) {
            throw new IllegalStateException("The row of a Try that is not committed yet is not as it was: " + key);
        }
    }

    /** @return false if the row is not TRIED, or its end is decided and scheduled, or it is missing */
    boolean commit(BranchKey key, Instant now) {
        return jdbc.update("""
                        update tcc_fence_log set status = 2, gmt_modified = ?, context = null
                        where xid = ? and branch_id = ? and status = 1 and decision is null
                        """, utc(now), key.xid(), key.branchId()) == 1;
    }

    /** Inserts SUSPENDED, or turns TRIED into ROLLBACKED, in one statement: looking first would take a gap lock. */
    Cancelled cancel(BranchKey key, String action, Instant now) {
        int affectedRows =
                jdbc.update(dialect.upsertCancelled, key.xid(), key.branchId(), action, utc(now), utc(now), utc(now));
        return dialect.readCancelled(affectedRows, () -> find(key)
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

    Optional<FenceRow> find(BranchKey key) {
        return jdbc
                .query(
                        """
                        select status, decision, next_attempt_at, claimed_by from tcc_fence_log
                        where xid = ? and branch_id = ?
                        """,
                        (row, n) -> new FenceRow(
                                FenceStatus.of(row.getInt("status")),
                                decision(row),
                                instant(row, "next_attempt_at"),
                                row.getString("claimed_by")),
                        key.xid(),
                        key.branchId())
                .stream()
                .findFirst();
    }

    // The schedule. A row is claimed by moving its due time to the end of a lease; from then on that time is the token
    // by
    // which the claim is recognised, because whoever takes the row over moves it on.

    /**
     * Makes a decision durable whose first attempt did not succeed at once.
     *
     * @param claimedBy this instance if an attempt is running; the due time is then the end of its lease
     * @return false if the row is not in the state that the decision starts from, is decided already or is missing
     */
    boolean schedule(ScheduledBranch branch, @Nullable String claimedBy) {
        if (branch.decision() == Decision.EMPTY_ROLLBACK) {
            return insertEmptyRollback(branch, claimedBy);
        }
        return jdbc.update(
                        """
                        update tcc_fence_log
                        set decision = ?, decided_at = ?, lane = ?, next_attempt_at = ?, claimed_by = ?, context = ?
                        where xid = ? and branch_id = ? and status = 1 and decision is null
                        """,
                        branch.decision().code(),
                        utc(branch.decidedAt()),
                        branch.lane().code(),
                        utc(branch.nextAttemptAt()),
                        claimedBy,
                        branch.context(),
                        branch.key().xid(),
                        branch.key().branchId())
                == 1;
    }

    /** A Cancel that found no Try has no row to write on. With this one, a late Try is refused from now on. */
    private boolean insertEmptyRollback(ScheduledBranch branch, @Nullable String claimedBy) {
        try {
            return jdbc.update(
                            """
                            insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified,
                                decision, decided_at, lane, next_attempt_at, claimed_by, context)
                            values (?, ?, ?, 4, ?, ?, 3, ?, ?, ?, ?, ?)
                            """,
                            branch.key().xid(),
                            branch.key().branchId(),
                            branch.action(),
                            utc(branch.decidedAt()),
                            utc(branch.decidedAt()),
                            utc(branch.decidedAt()),
                            branch.lane().code(),
                            utc(branch.nextAttemptAt()),
                            claimedBy,
                            branch.context())
                    == 1;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** When the first branch of each action and lane is due; and which actions are paused. One round trip. */
    List<Head> heads(Collection<String> actions) {
        List<Object> arguments = new ArrayList<>();
        StringBuilder sql = new StringBuilder("(select action_name, 0 as lane, since as due from tcc_paused_action)");
        for (String action : actions) {
            for (RetryTier lane : RetryTier.values()) {
                sql.append("""
                         union all
                        (select action_name, lane, next_attempt_at from tcc_fence_log where action_name = ? and lane = ?
                        order by next_attempt_at limit 1)""");
                arguments.add(action);
                arguments.add(lane.code());
            }
        }
        return jdbc.query(
                sql.toString(),
                (row, n) -> new Head(row.getString(1), row.getInt(2), requireInstant(row, "due")),
                arguments.toArray());
    }

    /** @param lane code of the lane, or 0 if the action is paused, and then {@code due} tells since when */
    record Head(String action, int lane, Instant due) {}

    /** Those that are due, longest overdue first. Locks nothing. */
    List<ScheduledBranch> due(String action, RetryTier lane, Instant now, int limit) {
        return jdbc.query("""
                select * from tcc_fence_log where action_name = ? and lane = ? and next_attempt_at <= ?
                order by next_attempt_at limit ?
                """, FenceTable::scheduled, action, lane.code(), utc(now), limit);
    }

    /** Those of an action that are due after the given time, the latest first. */
    List<ScheduledBranch> dueAfter(String action, RetryTier lane, Instant time, int limit) {
        return jdbc.query("""
                select * from tcc_fence_log where action_name = ? and lane = ? and next_attempt_at > ?
                    and claimed_by is null
                order by next_attempt_at desc limit ?
                """, FenceTable::scheduled, action, lane.code(), utc(time), limit);
    }

    /**
     * Takes a branch that is due. It never waits: a row that somebody else holds at this moment is being attempted.
     *
     * @return false if it is held, or was taken or changed since it was read
     */
    boolean claim(ScheduledBranch branch, Instant until, String claimedBy) {
        boolean free = !jdbc.queryForList(
                        """
                        select branch_id from tcc_fence_log where xid = ? and branch_id = ? and next_attempt_at = ?
                        for update skip locked
                        """, Long.class, branch.key().xid(), branch.key().branchId(), utc(branch.nextAttemptAt()))
                .isEmpty();
        return free && move(branch.key(), branch.nextAttemptAt(), until, claimedBy);
    }

    /** @return false if the due time is not (any more) the one that is expected */
    boolean move(BranchKey key, Instant from, Instant to, @Nullable String claimedBy) {
        return jdbc.update("""
                        update tcc_fence_log set next_attempt_at = ?, claimed_by = ?
                        where xid = ? and branch_id = ? and next_attempt_at = ?
                        """, utc(to), claimedBy, key.xid(), key.branchId(), utc(from)) == 1;
    }

    /** Ends a claimed branch. @return false if the claim is lost */
    boolean finish(BranchKey key, Instant claim, FenceStatus status, Instant now) {
        return jdbc.update("""
                        update tcc_fence_log set status = ?, gmt_modified = ?, lane = null, next_attempt_at = null,
                            claimed_by = null
                        where xid = ? and branch_id = ? and next_attempt_at = ?
                        """, status.code(), utc(now), key.xid(), key.branchId(), utc(claim)) == 1;
    }

    /** Records an attempt that failed and when the next one is due. @return false if the claim is lost */
    boolean recordFailure(BranchKey key, Instant claim, int delayStep, Instant at, String error) {
        return jdbc.update(
                        """
                        update tcc_fence_log set attempts = case when attempts < 2147483647 then attempts + 1 else attempts end,
                            delay_step = ?, lane = ?, next_attempt_at = ?,
                            claimed_by = null, last_error = ?
                        where xid = ? and branch_id = ? and next_attempt_at = ?
                        """,
                        delayStep,
                        RetryTier.after(delayStep).code(),
                        utc(at),
                        text(error),
                        key.xid(),
                        key.branchId(),
                        utc(claim))
                == 1;
    }

    /** From now on the give-up is attempted, and never the Confirm again. @return false if the claim is lost */
    boolean recordGivingUp(BranchKey key, Instant claim, Instant at, GiveUpReason reason, String error) {
        return jdbc.update(
                        """
                        update tcc_fence_log set attempts = case when attempts < 2147483647 then attempts + 1 else attempts end,
                            delay_step = 0, lane = ?, next_attempt_at = ?,
                            claimed_by = null, last_error = ?, give_up_cause = ?, give_up_reason = ?
                        where xid = ? and branch_id = ? and next_attempt_at = ?
                        """,
                        RetryTier.EARLY.code(),
                        utc(at),
                        text(error),
                        causeCode(reason.cause()),
                        text(reason.detail()),
                        key.xid(),
                        key.branchId(),
                        utc(claim))
                == 1;
    }

    /** @return false if the claim is lost */
    boolean recordParked(BranchKey key, Instant claim, String error, Instant now) {
        return jdbc.update("""
                        update tcc_fence_log set status = 6, gmt_modified = ?, lane = null,
                            attempts = case when attempts < 2147483647 then attempts + 1 else attempts end,
                            next_attempt_at = null, claimed_by = null, last_error = ?
                        where xid = ? and branch_id = ? and next_attempt_at = ?
                        """, utc(now), text(error), key.xid(), key.branchId(), utc(claim)) == 1;
    }

    // The backlog

    private static final String STATE = """
            case when status = 6 then 'PARKED' when lane is null then 'TRIED'
                when give_up_cause is not null then 'GIVING_UP' else 'SCHEDULED' end""";

    List<BacklogEntry> backlog(Collection<String> actions) {
        List<Object> arguments = new ArrayList<>();
        String empty = "";
        if (!actions.isEmpty()) {
            // Empty rollbacks whose hook failed: found by action and lane, because SUSPENDED rows are many.
            empty = "or (action_name in (%s) and lane in (1, 2) and status = 4)".formatted(marks(actions));
            arguments.addAll(actions);
        }
        return jdbc.query(
                """
                select action_name, %1$s as state, count(*) as branches, min(coalesce(decided_at, gmt_create)) as oldest,
                    sum(attempts) as attempts
                from tcc_fence_log where status in (1, 6) %2$s group by action_name, %1$s
                order by action_name, state
                """.formatted(STATE, empty),
                (row, n) -> new BacklogEntry(
                        Objects.requireNonNullElse(row.getString("action_name"), ""),
                        BacklogEntry.State.valueOf(row.getString("state")),
                        row.getLong("branches"),
                        requireInstant(row, "oldest"),
                        row.getLong("attempts")),
                arguments.toArray());
    }

    static String marks(Collection<String> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    /** Waits for a local transaction that ends the branch at this moment. */
    Optional<FenceRow> findForUpdate(BranchKey key) {
        boolean there = !jdbc.queryForList(
                        "select branch_id from tcc_fence_log where xid = ? and branch_id = ? for update",
                        Long.class,
                        key.xid(),
                        key.branchId())
                .isEmpty();
        return there ? find(key) : Optional.empty();
    }

    String actionOf(BranchKey key) {
        return Objects.requireNonNullElse(
                jdbc.queryForObject(
                        "select action_name from tcc_fence_log where xid = ? and branch_id = ?",
                        String.class,
                        key.xid(),
                        key.branchId()),
                "");
    }

    private static ScheduledBranch scheduled(ResultSet row, int n) throws SQLException {
        int cause = row.getInt("give_up_cause");
        return new ScheduledBranch(
                new BranchKey(row.getString("xid"), row.getLong("branch_id")),
                row.getString("action_name"),
                Decision.of(row.getInt("decision")),
                requireInstant(row, "decided_at"),
                row.getInt("attempts"),
                row.getInt("delay_step"),
                cause == 0
                        ? null
                        : new GiveUpReason(
                                GiveUpReason.Cause.values()[cause - 1],
                                Objects.requireNonNullElse(row.getString("give_up_reason"), "")),
                requireInstant(row, "next_attempt_at"),
                row.getString("context"));
    }

    private static int causeCode(GiveUpReason.Cause cause) {
        return switch (cause) {
            case DEADLINE -> 1;
            case REFUSED -> 2;
        };
    }

    static @Nullable Decision decision(ResultSet row) throws SQLException {
        int code = row.getInt("decision");
        return row.wasNull() ? null : Decision.of(code);
    }

    /** Final rows of one status that were last changed before the given time, oldest first. */
    List<Final> findFinal(FenceStatus status, Instant before, int limit) {
        return jdbc.query(
                """
                select xid, branch_id, attempts from tcc_fence_log
                where status = ? and gmt_modified < ? and next_attempt_at is null order by gmt_modified limit ?
                """,
                (row, n) -> new Final(new BranchKey(row.getString(1), row.getLong(2)), row.getInt(3) > 0),
                status.code(),
                utc(before),
                limit);
    }

    /** @param failed whether an attempt of it ever did */
    record Final(BranchKey key, boolean failed) {}

    /** By primary key, so that no gap is locked where live branches are inserted. */
    int delete(List<BranchKey> keys) {
        int deleted = 0;
        for (int[] counts : jdbc.batchUpdate("""
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
}

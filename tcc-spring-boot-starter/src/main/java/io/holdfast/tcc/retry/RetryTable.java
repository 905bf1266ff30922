package io.holdfast.tcc.retry;

import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.fence.AttemptTable;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.InstanceName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The SQL of branches whose end is decided and was not reached at once, each change in a local transaction of its own.
 *
 * <p>A row is claimed by moving its due time to the end of a lease; from then on that time is the token by which the claim is
 * recognised, because an instance that takes the row over moves it on.
 */
final class RetryTable {

    private final JdbcClient jdbc;
    private final AttemptTable attempts;
    private final FenceTransactions transactions;
    private final String instance;

    RetryTable(DataSource dataSource, FenceTransactions transactions, InstanceName instance) {
        this.jdbc = JdbcClient.create(dataSource);
        this.attempts = new AttemptTable(dataSource);
        this.transactions = transactions;
        this.instance = instance.value();
    }

    /**
     * Makes a decision durable, without an attempt of it.
     *
     * @return false if the row is not in the state that the decision starts from, is decided already or is missing
     */
    boolean schedule(ScheduledBranch branch) {
        return transactions.change(() -> insert(branch, null));
    }

    /**
     * Makes a decision durable of which this instance makes an attempt at this moment; the due time is the end of its lease.
     *
     * @return as {@link #schedule}
     */
    boolean scheduleClaimed(ScheduledBranch branch) {
        return transactions.change(() -> insert(branch, instance));
    }

    private boolean insert(ScheduledBranch branch, @Nullable String claimedBy) {
        if (branch.decision() == Decision.EMPTY_ROLLBACK) {
            return insertEmptyRollback(branch, claimedBy);
        }
        return changedOne(
                """
                update tcc_fence_log
                set decision = ?, decided_at = ?, lane = ?, next_attempt_at = ?, claimed_by = ?, context = ?
                where xid = ? and branch_id = ? and status = 1 and decision is null
                """,
                branch.decision().code(),
                utc(branch.decidedAt()),
                branch.tier().code(),
                utc(branch.nextAttemptAt()),
                claimedBy,
                branch.context(),
                branch.key().xid(),
                branch.key().branchId());
    }

    /** A Cancel that found no Try has no row to write on. With this one, a late Try is refused from now on. */
    private boolean insertEmptyRollback(ScheduledBranch branch, @Nullable String claimedBy) {
        try {
            return changedOne(
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
                    branch.tier().code(),
                    utc(branch.nextAttemptAt()),
                    claimedBy,
                    branch.context());
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** Which actions are paused, and when the first branch of each action and tier is due. One round trip. */
    Heads heads(Collection<String> actions) {
        List<Object> arguments = new ArrayList<>();
        StringBuilder sql =
                new StringBuilder("(select 'PAUSED' as head, action_name, since as at_time from tcc_paused_action)");
        for (String action : actions) {
            for (RetryTier tier : RetryTier.values()) {
                sql.append("""
                         union all
                        (select '%s', action_name, next_attempt_at from tcc_fence_log where action_name = ? and lane = ?
                        order by next_attempt_at limit 1)""".formatted(tier.name()));
                arguments.add(action);
                arguments.add(tier.code());
            }
        }
        Set<String> paused = new HashSet<>();
        Map<Heads.Head, Instant> due = new HashMap<>();
        jdbc.sql(sql.toString()).params(arguments).query(row -> {
            String head = row.getString("head");
            String action = row.getString("action_name");
            if (head.equals("PAUSED")) {
                paused.add(action);
            } else {
                due.put(new Heads.Head(action, RetryTier.valueOf(head)), requireInstant(row, "at_time"));
            }
        });
        return new Heads(Set.copyOf(paused), due);
    }

    /**
     * @param paused actions that a person has paused
     * @param due when the first branch of each action and tier is due
     */
    record Heads(Set<String> paused, Map<Head, Instant> due) {

        @Nullable
        Instant due(String action, RetryTier tier) {
            return due.get(new Head(action, tier));
        }

        record Head(String action, RetryTier tier) {}
    }

    /** Those that are due, longest overdue first. Locks nothing. */
    List<ScheduledBranch> due(String action, RetryTier tier, Instant now, int limit) {
        return jdbc.sql("""
                        select * from tcc_fence_log where action_name = ? and lane = ? and next_attempt_at <= ?
                        order by next_attempt_at limit ?
                        """)
                .params(action, tier.code(), utc(now), limit)
                .query(RetryTable::scheduled)
                .list();
    }

    /** Those of an action that are due after the given time, the latest first. */
    List<ScheduledBranch> dueAfter(String action, RetryTier tier, Instant time, int limit) {
        return jdbc.sql("""
                        select * from tcc_fence_log where action_name = ? and lane = ? and next_attempt_at > ?
                            and claimed_by is null
                        order by next_attempt_at desc limit ?
                        """)
                .params(action, tier.code(), utc(time), limit)
                .query(RetryTable::scheduled)
                .list();
    }

    /**
     * Takes branches that are due, for this instance.
     *
     * @return those that nobody else holds, took or changed since they were read
     */
    List<ScheduledBranch> claim(List<ScheduledBranch> branches, Instant until) {
        return transactions.ask(
                () -> branches.stream().filter(branch -> claim(branch, until)).toList());
    }

    /** It never waits: a row that somebody else holds at this moment is being attempted. */
    private boolean claim(ScheduledBranch branch, Instant until) {
        boolean free = jdbc.sql("""
                        select branch_id from tcc_fence_log where xid = ? and branch_id = ? and next_attempt_at = ?
                        for update skip locked
                        """)
                .params(branch.key().xid(), branch.key().branchId(), utc(branch.nextAttemptAt()))
                .query(Long.class)
                .optional()
                .isPresent();
        return free && move(branch.key(), branch.nextAttemptAt(), until, instance);
    }

    /** Prolongs the claim of this instance. @return false if it is lost */
    boolean renew(BranchKey key, Instant from, Instant until) {
        return transactions.change(() -> move(key, from, until, instance));
    }

    /** @return false if its due time has changed since it was read */
    boolean moveDueTime(ScheduledBranch branch, Instant to) {
        return transactions.change(() -> move(branch.key(), branch.nextAttemptAt(), to, null));
    }

    private boolean move(BranchKey key, Instant from, Instant to, @Nullable String claimedBy) {
        return changedOne("""
                update tcc_fence_log set next_attempt_at = ?, claimed_by = ?
                where xid = ? and branch_id = ? and next_attempt_at = ?
                """, utc(to), claimedBy, key.xid(), key.branchId(), utc(from));
    }

    /**
     * Records a failed attempt and what follows from it, and gives the claim back.
     *
     * @param branch with the claim as its due time
     * @param unwritten whether nothing of the decision is in the row yet
     * @return false if the branch has ended, or others attempt it; then nothing is recorded
     */
    boolean recordFailure(
            ScheduledBranch branch, boolean unwritten, NextStep next, Instant startedAt, Instant now, String error) {
        return transactions.change(() -> {
            if (unwritten && !insert(branch, instance)) {
                return false;
            }
            if (!next.recordIn(this, branch, error, now)) {
                return false;
            }
            if (branch.attempts() < Integer.MAX_VALUE) {
                // Beyond it there are no numbers left; the fence row still has the error of the last one. The claim
                // held until
                // now, so nobody else has counted an attempt meanwhile.
                attempts.add(
                        branch.key(),
                        new FailedAttempt(
                                branch.attempts() + 1,
                                branch.operation(),
                                startedAt,
                                now,
                                error,
                                next.dueAt(now),
                                instance));
            }
            return true;
        });
    }

    /** Another attempt will be made. @return false if the claim is lost */
    boolean recordAgain(ScheduledBranch branch, int delayStep, Instant at, String error) {
        return changedOne(
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
                branch.key().xid(),
                branch.key().branchId(),
                utc(branch.nextAttemptAt()));
    }

    /** From now on the give-up is attempted, and never the Confirm again. @return false if the claim is lost */
    boolean recordGivingUp(ScheduledBranch branch, GiveUpReason reason, Instant at, String error) {
        return changedOne(
                """
                update tcc_fence_log set attempts = case when attempts < 2147483647 then attempts + 1 else attempts end,
                    delay_step = 0, lane = ?, next_attempt_at = ?,
                    claimed_by = null, last_error = ?, give_up_cause = ?, give_up_reason = ?
                where xid = ? and branch_id = ? and next_attempt_at = ?
                """,
                RetryTier.EARLY.code(),
                utc(at),
                text(error),
                codeOf(reason.cause()),
                text(reason.detail()),
                branch.key().xid(),
                branch.key().branchId(),
                utc(branch.nextAttemptAt()));
    }

    /** @return false if the claim is lost */
    boolean recordParked(ScheduledBranch branch, Instant now, String error) {
        return changedOne(
                """
                update tcc_fence_log set status = 6, gmt_modified = ?, lane = null,
                    attempts = case when attempts < 2147483647 then attempts + 1 else attempts end,
                    next_attempt_at = null, claimed_by = null, last_error = ?
                where xid = ? and branch_id = ? and next_attempt_at = ?
                """, utc(now), text(error), branch.key().xid(), branch.key().branchId(), utc(branch.nextAttemptAt()));
    }

    private static ScheduledBranch scheduled(ResultSet row, int n) throws SQLException {
        return new ScheduledBranch(
                new BranchKey(row.getString("xid"), row.getLong("branch_id")),
                row.getString("action_name"),
                Decision.of(row.getInt("decision")),
                requireInstant(row, "decided_at"),
                row.getInt("attempts"),
                row.getInt("delay_step"),
                giveUpReason(row),
                requireInstant(row, "next_attempt_at"),
                row.getString("context"));
    }

    private static @Nullable GiveUpReason giveUpReason(ResultSet row) throws SQLException {
        int code = row.getInt("give_up_cause");
        return row.wasNull()
                ? null
                : new GiveUpReason(causeOf(code), Objects.requireNonNullElse(row.getString("give_up_reason"), ""));
    }

    private static int codeOf(GiveUpReason.Cause cause) {
        return switch (cause) {
            case DEADLINE -> 1;
            case REFUSED -> 2;
        };
    }

    private static GiveUpReason.Cause causeOf(int code) {
        for (GiveUpReason.Cause cause : GiveUpReason.Cause.values()) {
            if (codeOf(cause) == code) {
                return cause;
            }
        }
        throw new IllegalStateException(
                "tcc_fence_log.give_up_cause holds " + code + ", which this version of Holdfast does not know");
    }

    private boolean changedOne(String sql, @Nullable Object... arguments) {
        return jdbc.sql(sql).params(arguments).update() == 1;
    }
}

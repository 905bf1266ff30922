package io.holdfast.tcc.operations;

import static io.holdfast.tcc.fence.FenceColumns.instant;
import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import io.holdfast.tcc.fence.AttemptTable;
import io.holdfast.tcc.fence.AuditEntry;
import io.holdfast.tcc.fence.AuditTable;
import io.holdfast.tcc.fence.BacklogEntry;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The SQL of what people see of branches that are not finished, and do about them. */
final class OperationsTable {

    private final JdbcClient jdbc;
    private final AttemptTable attempts;
    private final AuditTable audit;

    OperationsTable(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
        this.attempts = new AttemptTable(dataSource);
        this.audit = new AuditTable(dataSource);
    }

    List<OpenBranch> openBranches(BacklogEntry.State state, Collection<String> actions, Instant now, int limit) {
        String where =
                switch (state) {
                    case PARKED -> "status = 6";
                    case TRIED -> "status = 1 and lane is null";
                    case SCHEDULED -> "lane in (1, 2) and give_up_cause is null";
                    case GIVING_UP -> "lane in (1, 2) and give_up_cause is not null";
                };
        List<Object> arguments = new ArrayList<>(actions);
        arguments.add(limit);
        return jdbc.sql("""
                        select * from tcc_fence_log where action_name in (%s) and %s
                        order by coalesce(decided_at, gmt_create), xid, branch_id limit ?
                        """.formatted(FenceTable.marks(actions), where))
                .params(arguments)
                .query((row, n) -> {
                    Instant triedAt = requireInstant(row, "gmt_create");
                    Instant decidedAt = instant(row, "decided_at");
                    Decision decision = FenceTable.decision(row);
                    return new OpenBranch(
                            row.getString("xid"),
                            Long.toString(row.getLong("branch_id")),
                            row.getString("action_name"),
                            state,
                            decision == null ? null : decision.name(),
                            triedAt,
                            decidedAt,
                            Duration.between(decidedAt == null ? triedAt : decidedAt, now)
                                    .toSeconds(),
                            row.getInt("attempts"),
                            instant(row, "next_attempt_at"),
                            row.getString("claimed_by"),
                            row.getString("last_error"),
                            row.getString("give_up_reason"),
                            row.getString("context"));
                })
                .list();
    }

    List<PausedAction> pausedActions() {
        return jdbc.sql("select action_name, since, who, reason from tcc_paused_action order by action_name")
                .query((row, n) -> new PausedAction(
                        row.getString("action_name"),
                        requireInstant(row, "since"),
                        row.getString("who"),
                        row.getString("reason")))
                .list();
    }

    List<FailedAttempt> failedAttempts(String xid, long branchId) {
        return attempts.of(xid, branchId);
    }

    void retryNow(BranchKey key, FenceStatus from, Decision decision, Instant now) {
        requireOne(jdbc.sql("""
                        update tcc_fence_log set status = ?, gmt_modified = ?, delay_step = 0, lane = ?,
                            next_attempt_at = ?, claimed_by = null
                        where xid = ? and branch_id = ? and status = ?
                        """)
                .params(
                        decision.open().code(),
                        utc(now),
                        RetryTier.EARLY.code(),
                        utc(now),
                        key.xid(),
                        key.branchId(),
                        from.code())
                .update());
    }

    void resolve(BranchKey key, FenceStatus to, Instant now) {
        requireOne(jdbc.sql("""
                        update tcc_fence_log set status = ?, gmt_modified = ?
                        where xid = ? and branch_id = ? and status = 6
                        """)
                .params(to.code(), utc(now), key.xid(), key.branchId())
                .update());
    }

    /** @return false if it is paused already */
    boolean pause(String action, Instant now, String who, String reason) {
        try {
            return jdbc.sql("insert into tcc_paused_action (action_name, since, who, reason) values (?, ?, ?, ?)")
                            .params(action, utc(now), who, text(reason))
                            .update()
                    == 1;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** @return false if it is not paused */
    boolean resume(String action) {
        return jdbc.sql("delete from tcc_paused_action where action_name = ?")
                        .param(action)
                        .update()
                == 1;
    }

    void audit(AuditEntry entry) {
        audit.add(entry);
    }

    private static void requireOne(int rows) {
        if (rows != 1) {
            throw new IllegalStateException("Changed " + rows + " rows instead of one");
        }
    }
}

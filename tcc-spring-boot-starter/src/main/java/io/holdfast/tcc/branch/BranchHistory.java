package io.holdfast.tcc.branch;

import static io.holdfast.tcc.fence.FenceColumns.instant;
import static io.holdfast.tcc.fence.FenceColumns.requireInstant;

import io.holdfast.tcc.fence.AttemptTable;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the branches of a global transaction from this service's fence table, as long as their rows are kept there. */
public final class BranchHistory {

    /** A global transaction has a handful of branches in one service; the bound is for what nobody expects. */
    private static final int MAX_BRANCHES = 200;

    private final String service;
    private final Predicate<String> pausedBySettings;
    private final JdbcClient jdbc;
    private final AttemptTable attempts;

    public BranchHistory(String service, DataSource dataSource) {
        this(service, dataSource, action -> false);
    }

    /** @param pausedBySettings whether an action is paused other than by a row of {@code tcc_paused_action} */
    public BranchHistory(String service, DataSource dataSource, Predicate<String> pausedBySettings) {
        this.service = service;
        this.pausedBySettings = pausedBySettings;
        this.jdbc = JdbcClient.create(dataSource);
        this.attempts = new AttemptTable(dataSource);
    }

    /** @return this service's branches, oldest first; none for an xid it has never seen */
    public List<BranchRecord> branchesOf(String xid) {
        // The column is ASCII; MySQL and MariaDB fail to compare it with anything else.
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(xid)) {
            return List.of();
        }
        List<Row> rows = jdbc.sql("""
                        select f.action_name, f.branch_id, f.status, f.gmt_create, f.gmt_modified, f.attempts,
                            f.last_error, f.decision, f.decided_at, f.next_attempt_at, f.give_up_cause,
                            p.since as paused_since
                        from tcc_fence_log f left join tcc_paused_action p on p.action_name = f.action_name
                        where f.xid = ? order by f.gmt_create, f.branch_id limit ?
                        """)
                .params(xid, MAX_BRANCHES)
                .query(BranchHistory::read)
                .list();
        // After that, so that no cursor is open meanwhile; a branch that never failed costs no look.
        return rows.stream()
                .map(row -> record(row, row.attempts == 0 ? List.of() : attempts.of(xid, row.branchId)))
                .toList();
    }

    private BranchRecord record(Row row, List<FailedAttempt> failures) {
        return new BranchRecord(
                service,
                row.action,
                Long.toString(row.branchId),
                row.status.name(),
                row.createdAt,
                row.status.isFinal() ? row.modifiedAt : null,
                row.attempts,
                row.lastError,
                row.decision,
                row.scheduledAt,
                row.nextDueAt,
                stateOf(row),
                failures);
    }

    private @Nullable String stateOf(Row row) {
        if (row.nextDueAt != null) {
            boolean paused = row.paused || pausedBySettings.test(row.action);
            return paused ? "PAUSED" : row.givingUp ? "GIVING_UP" : "SCHEDULED";
        }
        return row.status.isFinal() ? null : row.status.name();
    }

    private static Row read(ResultSet row, int n) throws SQLException {
        return new Row(
                row.getString("action_name"),
                row.getLong("branch_id"),
                FenceStatus.of(row.getInt("status")),
                requireInstant(row, "gmt_create"),
                requireInstant(row, "gmt_modified"),
                row.getInt("attempts"),
                row.getString("last_error"),
                decision(row),
                instant(row, "decided_at"),
                instant(row, "next_attempt_at"),
                row.getInt("give_up_cause") != 0,
                instant(row, "paused_since") != null);
    }

    private static @Nullable String decision(ResultSet row) throws SQLException {
        Decision decision = FenceTable.decision(row);
        return decision == null ? null : decision.name();
    }

    private record Row(
            String action,
            long branchId,
            FenceStatus status,
            Instant createdAt,
            Instant modifiedAt,
            int attempts,
            @Nullable String lastError,
            @Nullable String decision,
            @Nullable Instant scheduledAt,
            @Nullable Instant nextDueAt,
            boolean givingUp,
            boolean paused) {}
}

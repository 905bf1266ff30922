package io.holdfast.tcc.branch;

import io.holdfast.tcc.fence.FenceStatus;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads the branches of a global transaction from this service's fence table, as long as their rows are kept there. */
public final class BranchHistory {

    /** A global transaction has a handful of branches in one service; the bound is for what nobody expects. */
    private static final int MOST_BRANCHES = 200;

    private final String service;
    private final JdbcTemplate jdbc;

    public BranchHistory(String service, DataSource dataSource) {
        this.service = service;
        this.jdbc = new JdbcTemplate(dataSource);
    }

    /** @return this service's branches, oldest first; none for an xid it has never seen */
    public List<BranchRecord> branchesOf(String xid) {
        // The column is ASCII; MySQL and MariaDB fail to compare it with anything else.
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(xid)) {
            return List.of();
        }
        return jdbc.query(
                """
                select action_name, branch_id, status, gmt_create, gmt_modified, attempts, last_error
                from tcc_fence_log where xid = ? order by gmt_create, branch_id limit ?
                """,
                (row, n) -> {
                    FenceStatus status = FenceStatus.of(row.getInt("status"));
                    var createdAt =
                            row.getObject("gmt_create", LocalDateTime.class).toInstant(ZoneOffset.UTC);
                    var modifiedAt =
                            row.getObject("gmt_modified", LocalDateTime.class).toInstant(ZoneOffset.UTC);
                    return new BranchRecord(
                            service,
                            row.getString("action_name"),
                            Long.toString(row.getLong("branch_id")),
                            status.name(),
                            createdAt,
                            status.isFinal() ? modifiedAt : null,
                            row.getInt("attempts"),
                            row.getString("last_error"));
                },
                xid,
                MOST_BRANCHES);
    }
}

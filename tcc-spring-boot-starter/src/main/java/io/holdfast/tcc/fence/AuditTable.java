package io.holdfast.tcc.fence;

import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The SQL of {@code tcc_audit}. A row is written in the transaction of the change that it records, and never changes. */
public final class AuditTable {

    private final JdbcClient jdbc;

    public AuditTable(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    public void add(AuditEntry entry) {
        int rows = jdbc.sql("""
                        insert into tcc_audit (happened_at, who, operation, action_name, xid, branch_id, status_before,
                            status_after, reason)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .param(utc(entry.happenedAt()))
                .param(entry.who())
                .param(entry.operation().name())
                .param(entry.action())
                .param(entry.key() == null ? null : entry.key().xid())
                .param(entry.key() == null ? null : entry.key().branchId())
                .param(entry.before() == null ? null : entry.before().name())
                .param(entry.after() == null ? null : entry.after().name())
                .param(text(entry.reason()))
                .update();
        if (rows != 1) {
            throw new IllegalStateException("Wrote " + rows + " rows instead of one");
        }
    }
}

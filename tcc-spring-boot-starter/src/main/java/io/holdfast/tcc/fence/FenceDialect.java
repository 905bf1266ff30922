package io.holdfast.tcc.fence;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** The two statements of the fence that databases word differently; all others are plain SQL. */
public enum FenceDialect {

    /** MySQL and MariaDB. */
    MYSQL(
            """
            insert into tcc_fence_log (xid, branch_id, action_name, context, status, gmt_create, gmt_modified)
            values (?, ?, ?, ?, 1, ?, ?)
            """,
            // MySQL assigns from left to right, so gmt_modified still sees the old status.
            """
            insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
            values (?, ?, ?, 4, ?, ?)
            on duplicate key update
                gmt_modified = if(status = 1 and decision is null, ?, gmt_modified),
                context = if(status = 1 and decision is null, null, context),
                status = if(status = 1 and decision is null, 3, status)
            """) {
        @Override
        Cancelled readCancelled(int affectedRows, Supplier<FenceRow> now) {
            // Two rows means changed: it was TRIED. One is either inserted or, by the driver's default, found
            // unchanged.
            if (affectedRows == 2) {
                return Cancelled.NOW;
            }
            return isEmptyRollback(now.get()) ? Cancelled.BEFORE_ITS_TRY : Cancelled.EARLIER;
        }
    },

    POSTGRESQL("""
            insert into tcc_fence_log (xid, branch_id, action_name, context, status, gmt_create, gmt_modified)
            values (?, ?, ?, ?, 1, ?, ?)
            on conflict (xid, branch_id) do nothing
            """, """
            insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
            values (?, ?, ?, 4, ?, ?)
            on conflict (xid, branch_id) do update
                set status = 3, gmt_modified = ?, context = null
                where tcc_fence_log.status = 1 and tcc_fence_log.decision is null
            """) {
        @Override
        Cancelled readCancelled(int affectedRows, Supplier<FenceRow> now) {
            if (isEmptyRollback(now.get())) {
                return Cancelled.BEFORE_ITS_TRY;
            }
            return affectedRows == 1 ? Cancelled.NOW : Cancelled.EARLIER;
        }
    };

    /** What the upsert of a Cancel did. */
    public enum Cancelled {
        /** The row was TRIED and is ROLLBACKED now. */
        NOW,
        /** There was no row, now or at an earlier Cancel: SUSPENDED. */
        BEFORE_ITS_TRY,
        /** The row was final already, or its end is decided and scheduled. */
        EARLIER
    }

    final String insertTried;
    final String upsertCancelled;

    FenceDialect(String insertTried, String upsertCancelled) {
        this.insertTried = insertTried;
        this.upsertCancelled = upsertCancelled;
    }

    /** Where the scripts for this database are, in tcc-fence-sql. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract Cancelled readCancelled(int affectedRows, Supplier<FenceRow> now);

    private static boolean isEmptyRollback(FenceRow row) {
        return row.status() == FenceStatus.SUSPENDED && row.decision() == null;
    }

    public static FenceDialect of(DataSource dataSource) {
        String product;
        try {
            product = JdbcUtils.extractDatabaseMetaData(dataSource, FenceDialect::productName);
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("The fence cannot ask the database which one it is", e);
        }
        String name = product.toLowerCase(Locale.ROOT);
        if (name.contains("mysql") || name.contains("mariadb")) {
            return MYSQL;
        }
        if (name.contains("postgresql")) {
            return POSTGRESQL;
        }
        throw new IllegalStateException(
                "The fence has no SQL for " + product + "; it knows MySQL, MariaDB and PostgreSQL");
    }

    private static String productName(DatabaseMetaData metaData) throws SQLException {
        return metaData.getDatabaseProductName();
    }
}

package io.holdfast.tcc.orphan;

import static io.holdfast.tcc.fence.FenceColumns.requireInstant;
import static io.holdfast.tcc.fence.FenceColumns.text;
import static io.holdfast.tcc.fence.FenceColumns.utc;

import io.holdfast.tcc.fence.AuditEntry;
import io.holdfast.tcc.fence.AuditOperation;
import io.holdfast.tcc.fence.AuditTable;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.InstanceName;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The SQL about branches that are tried and undecided. Every change is guarded by that and answers whether it found it so. If it did, it
 * leaves a row in {@code tcc_audit}, in the same local transaction.
 */
final class OrphanTable {

    private final JdbcClient jdbc;
    private final AuditTable audit;
    private final FenceTransactions transactions;
    private final String instance;

    /** @param instance who decides, for the audit */
    OrphanTable(DataSource dataSource, AuditTable audit, FenceTransactions transactions, InstanceName instance) {
        this.jdbc = JdbcClient.create(dataSource);
        this.audit = audit;
        this.transactions = transactions;
        this.instance = instance.value();
    }

    /** @param context null if the branch was tried by a version that kept none */
    record Undecided(
            BranchKey key,
            String action,
            Instant triedAt,
            @Nullable String context) {}

    /**
     * Those that were tried before, oldest first, without the ones of which it is written that they wait for a person.
     *
     * @param after null to begin with the oldest
     */
    List<Undecided> triedBefore(Instant before, @Nullable Undecided after, int limit) {
        LocalDateTime since = utc(after == null ? Instant.EPOCH : after.triedAt());
        String xid = after == null ? "" : after.key().xid();
        long branchId = after == null ? Long.MIN_VALUE : after.key().branchId();
        return transactions.ask(() -> jdbc.sql("""
                        select xid, branch_id, action_name, gmt_modified, context from tcc_fence_log
                        where status = 1 and decision is null and last_error is null
                            and gmt_modified < ? and gmt_modified >= ?
                            and (gmt_modified > ? or xid > ? or (xid = ? and branch_id > ?))
                        order by gmt_modified, xid, branch_id limit ?
                        """)
                .params(utc(before), since, since, xid, xid, branchId, limit)
                .query((row, n) -> new Undecided(
                        new BranchKey(row.getString("xid"), row.getLong("branch_id")),
                        Objects.requireNonNullElse(row.getString("action_name"), ""),
                        requireInstant(row, "gmt_modified"),
                        row.getString("context")))
                .list());
    }

    /** Whether this schema itself knows that the global transaction was committed. */
    boolean knowsOfACommit(String xid) {
        return transactions.change(() -> jdbc.sql(
                        "select branch_id from tcc_fence_log where xid = ? and (status in (2, 5) or decision = 1) limit 1")
                .param(xid)
                .query(Long.class)
                .optional()
                .isPresent());
    }

    /** @return false if it is not tried and undecided any more */
    boolean confirm(Undecided branch, Instant now, String why) {
        BranchKey key = branch.key();
        return change(
                AuditOperation.ORPHAN_CONFIRM,
                branch,
                now,
                why,
                """
                update tcc_fence_log
                set decision = 1, decided_at = ?, lane = ?, next_attempt_at = ?, claimed_by = null, last_error = ?
                where xid = ? and branch_id = ? and status = 1 and decision is null and context is not null
                """,
                utc(now),
                RetryTier.EARLY.code(),
                utc(now),
                text(why),
                key.xid(),
                key.branchId());
    }

    /**
     * Never after a commit, of the branch itself or of another one of its global transaction here.
     *
     * @return false if it is not tried and undecided any more, or a commit is known
     */
    boolean cancel(Undecided branch, Instant now, String why) {
        BranchKey key = branch.key();
        // The limit makes MySQL read the table that it is about to change beforehand.
        return change(
                AuditOperation.ORPHAN_CANCEL,
                branch,
                now,
                why,
                """
                update tcc_fence_log
                set decision = 2, decided_at = ?, lane = ?, next_attempt_at = ?, claimed_by = null, last_error = ?
                where xid = ? and branch_id = ? and status = 1 and decision is null and context is not null
                    and not exists (select 1 from (select branch_id from tcc_fence_log
                        where xid = ? and (status in (2, 5) or decision = 1) limit 1) committed)
                """,
                utc(now),
                RetryTier.EARLY.code(),
                utc(now),
                text(why),
                key.xid(),
                key.branchId(),
                key.xid());
    }

    /** Writes down why a person has to see to it. @return false if it is written, or the branch is decided meanwhile */
    boolean leave(Undecided branch, Instant now, String why) {
        BranchKey key = branch.key();
        return change(AuditOperation.ORPHAN_LEFT, branch, now, why, """
                update tcc_fence_log set last_error = ?
                where xid = ? and branch_id = ? and status = 1 and decision is null and last_error is null
                """, text(why), key.xid(), key.branchId());
    }

    /** The status stays TRIED: what was decided is attempted later. */
    private boolean change(
            AuditOperation operation, Undecided branch, Instant now, String why, String sql, Object... arguments) {
        return transactions.change(() -> {
            if (jdbc.sql(sql).params(arguments).update() != 1) {
                return false;
            }
            audit.add(new AuditEntry(
                    now,
                    instance,
                    operation,
                    branch.action(),
                    branch.key(),
                    FenceStatus.TRIED,
                    FenceStatus.TRIED,
                    why));
            return true;
        });
    }

    /**
     * Proves that the table takes the operations of this class, and leaves nothing. A service that finds out at its first orphan would
     * find out while goods are held.
     *
     * @param folder where the scripts for this database are
     * @throws IllegalStateException if it does not; the message names the script that sees to it
     */
    void requireOperations(String folder, Instant now) {
        try {
            transactions.rehearse(() -> audit.add(new AuditEntry(
                    now,
                    instance,
                    AuditOperation.ORPHAN_CONFIRM,
                    "",
                    null,
                    null,
                    null,
                    "Whether this may be written")));
        } catch (DataAccessException e) {
            throw new IllegalStateException(
                    ("The table tcc_audit does not take what a service decides about orphaned branches. Run the script %s"
                                    + " of tcc-fence-sql in this schema, which may be run again; or let Flyway do so: it does in a"
                                    + " service that has it on its class path, unless holdfast.migrations.enabled is false.")
                            .formatted("io/holdfast/tcc/sql/" + folder + "/audit_operations.sql"),
                    e);
        }
    }
}

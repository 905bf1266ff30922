package io.holdfast.tcc.fence;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which schema this service works on: the row of {@code tcc_schema_identity}. It is read once, when the service starts, and travels
 * in the context of every branch, because the coordinator knows services by their application id, and two installations may have
 * the same.
 *
 * @param id random, 16 characters of ASCII
 */
public record SchemaIdentity(String id) {

    /** Under this key it stands in the action context. */
    public static final String KEY = "holdfast.schema";

    private static final int BYTES = 8;

    /**
     * Reads it. A schema whose row is missing, as a dump of its structure alone leaves it, gets a new one; of several instances
     * that start at once, all end with the same.
     *
     * @throws IllegalStateException if the table is missing; the message names the script that makes it
     */
    public static SchemaIdentity read(
            DataSource dataSource, FenceTransactions transactions, FenceDialect dialect, Clock clock) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        try {
            return find(jdbc).orElseGet(() -> {
                insert(jdbc, transactions, clock);
                return find(jdbc)
                        .orElseThrow(() -> new IllegalStateException("The row of tcc_schema_identity vanished"));
            });
        } catch (BadSqlGrammarException e) {
            throw new IllegalStateException(
                    ("The fence cannot read tcc_schema_identity, the identity of this schema (%s). Run the script %s of"
                                    + " tcc-fence-sql in it, which may be run again; or let Flyway do so: it does in a"
                                    + " service that has it on its class path, unless holdfast.migrations.enabled is false.")
                            .formatted(
                                    Objects.requireNonNull(e.getSQLException()).getMessage(),
                                    "io/holdfast/tcc/sql/" + dialect.folder() + "/schema_identity.sql"),
                    e);
        }
    }

    private static Optional<SchemaIdentity> find(JdbcClient jdbc) {
        return jdbc.sql("select schema_id from tcc_schema_identity")
                .query(String.class)
                .optional()
                .map(SchemaIdentity::new);
    }

    private static void insert(JdbcClient jdbc, FenceTransactions transactions, Clock clock) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        try {
            transactions.change(
                    () -> jdbc.sql("insert into tcc_schema_identity (only_row, schema_id, made_at) values (1, ?, ?)")
                                    .param(HexFormat.of().formatHex(random))
                                    .param(FenceColumns.utc(clock.instant()))
                                    .update()
                            == 1);
        } catch (DuplicateKeyException e) {
            // Another instance was quicker, and its identity is this one's too.
        }
    }

    /** The identity that a branch bears; null if it was registered by a version that knew none. */
    public static @Nullable String of(@Nullable BusinessActionContext context) {
        Map<String, Object> values = context == null ? null : context.getActionContext();
        Object id = values == null ? null : values.get(KEY);
        return id == null ? null : id.toString();
    }
}

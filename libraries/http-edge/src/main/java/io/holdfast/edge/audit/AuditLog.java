package io.holdfast.edge.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import io.holdfast.edge.audit.AuditedAction.Effect;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The audit: the table {@code audit_entry} in the service's own schema. Entries are added, and deleted when they are old; none is ever
 * changed.
 */
public final class AuditLog {

    private static final int OWN_TRANSACTION_SECONDS = 5;
    private static final Instant MIN_TIME = Instant.EPOCH;
    private static final Instant MAX_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final int MAX_ROWS_AT_ONCE = 500;
    private static final String INSERT = """
            insert into audit_entry (happened_at, who, method, target, resource, amount, idempotency_key, reason, effect, trace_id)
            values
            """;
    private static final String ROW = " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final JdbcClient inTransactionOfTheChange;
    private final JdbcClient byItself;
    private final TransactionTemplate ownTransaction;
    private final Clock clock;

    /** @param dataSource of the service; entries that stand alone go past it to the one that it watches over */
    AuditLog(AuditedDataSource dataSource, Clock clock) {
        DataSource unwatched = dataSource.unwatched();
        this.inTransactionOfTheChange = JdbcClient.create(dataSource);
        this.byItself = JdbcClient.create(unwatched);
        this.ownTransaction = new TransactionTemplate(new JdbcTransactionManager(unwatched));
        this.ownTransaction.setTimeout(OWN_TRANSACTION_SECONDS);
        this.clock = clock;
    }

    /**
     * Writes the entries of actions that are carried out on this thread for the requests of other threads.
     *
     * @throws IllegalStateException if no transaction is open, which has to be that of the change
     */
    public void add(Collection<AuditedAction> actions) {
        if (actions.isEmpty()) {
            return;
        }
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("An entry of the audit is written in the transaction of the change");
        }
        insert(inTransactionOfTheChange, actions, Effect.CHANGED, clock.instant());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                actions.forEach(AuditedAction::recorded);
            }
        });
    }

    /** Operators may read it. What they read there is nobody's own. */
    public void allowReading(AccessRules rules) {
        rules.allow(HttpMethod.GET, AuditResource.PATH, Role.OPERATOR).withoutPersonalData(AuditResource.PATH);
    }

    /** Writes the entry of an action that changed nothing, and commits it. */
    void addAlone(AuditedAction action, Effect effect) {
        ownTransaction.executeWithoutResult(running -> insert(byItself, List.of(action), effect, clock.instant()));
        action.recorded();
    }

    /** Writes the entry of an action that has changed something over the connection, in the transaction that is open there. */
    static void add(Connection connection, AuditedAction action, Instant now) {
        JdbcClient open = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        insert(open, List.of(action), Effect.CHANGED, now);
    }

    /** With a statement for many rows: a JdbcClient knows no batches. */
    private static void insert(JdbcClient jdbc, Collection<AuditedAction> actions, Effect effect, Instant now) {
        List<AuditedAction> rest = List.copyOf(actions);
        while (!rest.isEmpty()) {
            List<AuditedAction> rows = rest.subList(0, Math.min(rest.size(), MAX_ROWS_AT_ONCE));
            List<@Nullable Object> values = new ArrayList<>();
            rows.forEach(action -> Collections.addAll(values, values(action, effect, now)));
            jdbc.sql(INSERT + String.join(",", Collections.nCopies(rows.size(), ROW)))
                    .params(values)
                    .update();
            rest = rest.subList(rows.size(), rest.size());
        }
    }

    private static Object[] values(AuditedAction action, Effect effect, Instant now) {
        AuditedAction.Request request = action.request();
        return new Object[] {
            column(now),
            request.who(),
            request.method(),
            request.target(),
            action.resource(),
            action.amount(),
            request.key(),
            request.reason(),
            effect.name(),
            request.traceId()
        };
    }

    /** Where a page begins: behind the entry that was written then, with that id. */
    record Cursor(Instant happenedAt, long id) {

        static final String FORM = "\\d{1,15}-\\d{1,18}";

        static Cursor of(String text) {
            String[] parts = text.split("-");
            return new Cursor(Instant.ofEpochMilli(Long.parseLong(parts[0])), Long.parseLong(parts[1]));
        }

        @Override
        public String toString() {
            return happenedAt.toEpochMilli() + "-" + id;
        }
    }

    /** Which entries are asked for: of whom, from when, and until before when. */
    record Filter(
            @Nullable String who,
            @Nullable Instant from,
            @Nullable Instant to) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            long id,
            Instant at,
            String who,
            String method,
            String target,
            @Nullable String resource,
            @Nullable String amount,
            @Nullable String idempotencyKey,
            @Nullable String reason,
            Effect effect,
            String traceId) {

        Cursor cursor() {
            return new Cursor(at, id);
        }
    }

    /** The newest first. */
    List<Entry> page(Filter filter, @Nullable Cursor after, int size) {
        StringBuilder where = new StringBuilder("where 1 = 1");
        List<Object> values = new ArrayList<>();
        if (filter.from() != null) {
            where.append(" and happened_at >= ?");
            values.add(column(filter.from()));
        }
        if (filter.to() != null) {
            where.append(" and happened_at < ?");
            values.add(column(filter.to()));
        }
        if (after != null) {
            // As one range and a rest: a comparison of pairs is not looked up in an index.
            where.append(" and happened_at <= ? and (happened_at < ? or id < ?)");
            values.add(column(after.happenedAt()));
            values.add(column(after.happenedAt()));
            values.add(after.id());
        }
        if (filter.who() != null) {
            where.append(" and who = ?");
            values.add(filter.who());
        }
        values.add(size);
        return byItself.sql("""
                        select id, happened_at, who, method, target, resource, amount, idempotency_key, reason, effect, trace_id
                        from audit_entry
                        """ + where + " order by happened_at desc, id desc limit ?")
                .params(values)
                .query((row, number) -> new Entry(
                        row.getLong("id"),
                        row.getObject("happened_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        row.getString("who"),
                        row.getString("method"),
                        row.getString("target"),
                        row.getString("resource"),
                        row.getString("amount"),
                        row.getString("idempotency_key"),
                        row.getString("reason"),
                        Effect.valueOf(row.getString("effect")),
                        row.getString("trace_id")))
                .list();
    }

    /** @return how many are gone, {@code max} at most */
    int deleteBefore(Instant time, int max) {
        Integer deleted = ownTransaction.execute(
                running -> byItself.sql("delete from audit_entry where happened_at < ? order by happened_at limit ?")
                        .params(column(time), max)
                        .update());
        return deleted == null ? 0 : deleted;
    }

    /** UTC. */
    private static LocalDateTime column(Instant time) {
        Instant kept = time.isBefore(MIN_TIME) ? MIN_TIME : time.isAfter(MAX_TIME) ? MAX_TIME : time;
        return LocalDateTime.ofInstant(kept, ZoneOffset.UTC);
    }
}

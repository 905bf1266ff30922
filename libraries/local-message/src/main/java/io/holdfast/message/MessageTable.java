package io.holdfast.message;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The SQL of {@code local_message} and {@code processed_message}, the same for MySQL, MariaDB and PostgreSQL. Each method is one statement, or one for every 500 rows. */
final class MessageTable {

    /** Keeps a statement's placeholders in bounds. */
    private static final int MAX_LIST = 500;

    private static final int MAX_ERROR = 1_000;

    private final JdbcClient jdbc;

    MessageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if one of them was written before */
    void insert(List<OutgoingMessage> messages, Instant now, Instant due) {
        LocalDateTime created = utc(now);
        LocalDateTime dueAt = utc(due);
        int inserted = inParts(messages, part -> {
            List<Object[]> rows = part.stream()
                    .map(message -> new Object[] {
                        message.id(),
                        message.topic(),
                        message.key(),
                        message.payload(),
                        message.awaitsResult(),
                        "NEW",
                        0,
                        dueAt,
                        created,
                        created
                    })
                    .toList();
            return jdbc.sql("""
                            insert into local_message (id, topic, message_key, payload, awaits_result, status, attempts, due_at,
                                created_at, modified_at)
                            values :rows
                            """).param("rows", rows).update();
        });
        if (inserted != messages.size()) {
            throw new IllegalStateException(inserted + " of " + messages.size() + " messages were written");
        }
    }

    /**
     * Locks messages that are due, longest overdue first; what another instance has locked is left to it.
     *
     * @param commands those that are answered, or else events
     * @param heldTopics whose messages are left alone
     */
    List<PendingMessage> lockDue(
            MessageStatus status, boolean commands, Collection<String> heldTopics, Instant now, int limit) {
        return jdbc.sql("""
                        select id, topic, message_key, payload, awaits_result, attempts from local_message
                        where status = :status and due_at <= :now and awaits_result = :commands and topic not in (:held)
                        order by due_at limit :limit
                        for update skip locked
                        """)
                .param("status", status.name())
                .param("commands", commands)
                // No topic has an empty name, and a list must not be empty.
                .param("held", heldTopics.isEmpty() ? List.of("") : heldTopics)
                .param("now", utc(now))
                .param("limit", limit)
                .query((row, number) -> new PendingMessage(
                        new OutgoingMessage(
                                row.getString("id"),
                                row.getString("topic"),
                                row.getString("message_key"),
                                row.getString("payload"),
                                row.getBoolean("awaits_result")),
                        status,
                        row.getInt("attempts")))
                .list();
    }

    /** Postpones open messages without counting an attempt. */
    int postpone(Collection<String> ids, Instant due, @Nullable String why, Instant now) {
        return inParts(List.copyOf(ids), part -> jdbc.sql("""
                                update local_message
                                set due_at = :due, last_error = coalesce(:why, last_error), modified_at = :now
                                where id in (:ids) and status in ('NEW', 'SENT')
                                """)
                .param("due", utc(due))
                .param("why", shortened(why))
                .param("now", utc(now))
                .param("ids", part)
                .update());
    }

    /** A broker has taken events. */
    int confirmAll(Collection<String> ids, Instant now) {
        return inParts(
                List.copyOf(ids),
                part -> jdbc.sql("""
                                update local_message
                                set status = 'CONFIRMED', attempts = attempts + 1, due_at = null, modified_at = :now
                                where id in (:ids) and status in ('NEW', 'SENT')
                                """).param("now", utc(now)).param("ids", part).update());
    }

    /** A broker has taken a message that is to be answered. Nothing changes if it is answered already. */
    int sent(String id, Instant due, Instant now) {
        return jdbc.sql("""
                        update local_message
                        set status = 'SENT', attempts = attempts + 1, due_at = :due, modified_at = :now
                        where id = :id and status in ('NEW', 'SENT')
                        """)
                .param("due", utc(due))
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    /** A broker has refused a message. */
    int refused(String id, Instant due, String why, Instant now) {
        return jdbc.sql("""
                        update local_message
                        set attempts = attempts + 1, due_at = :due, last_error = :why, modified_at = :now
                        where id = :id and status in ('NEW', 'SENT')
                        """)
                .param("due", utc(due))
                .param("why", shortened(why))
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    int fail(String id, String why, Instant now) {
        return jdbc.sql("""
                        update local_message
                        set status = 'FAILED', due_at = null, last_error = :why, modified_at = :now
                        where id = :id and status in ('NEW', 'SENT')
                        """)
                .param("why", shortened(why))
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    /** The result of a message has come. One that comes late, after the message was given up, counts as well. */
    int confirm(String id, Instant now) {
        return jdbc.sql("""
                        update local_message set status = 'CONFIRMED', due_at = null, modified_at = :now
                        where id = :id and status in ('NEW', 'SENT', 'FAILED')
                        """).param("now", utc(now)).param("id", id).update();
    }

    /** A person has a failed message sent anew. */
    int requeue(String id, String note, Instant now) {
        return jdbc.sql("""
                        update local_message
                        set status = 'NEW', attempts = 0, due_at = :now, last_error = :note, modified_at = :now
                        where id = :id and status = 'FAILED'
                        """)
                .param("note", shortened(note))
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    Optional<MessageStatus> statusOf(String id) {
        return jdbc.sql("select status from local_message where id = :id")
                .param("id", id)
                .query(String.class)
                .optional()
                .map(MessageStatus::valueOf);
    }

    List<ListedMessage> list(MessageStatus status, int limit) {
        return jdbc.sql("""
                        select id, topic, message_key, attempts, due_at, last_error, created_at, modified_at from local_message
                        where status = :status order by created_at limit :limit
                        """)
                .param("status", status.name())
                .param("limit", limit)
                .query((row, number) -> {
                    LocalDateTime due = row.getObject("due_at", LocalDateTime.class);
                    return new ListedMessage(
                            row.getString("id"),
                            row.getString("topic"),
                            row.getString("message_key"),
                            status,
                            row.getInt("attempts"),
                            due == null ? null : due.toInstant(ZoneOffset.UTC),
                            row.getString("last_error"),
                            row.getObject("created_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                            row.getObject("modified_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
                })
                .list();
    }

    /** Of what is not confirmed. The confirmed ones are many, and nobody waits for them. */
    List<Backlog> backlog() {
        return jdbc.sql("""
                        select status, count(*) as messages, min(created_at) as oldest from local_message
                        where status in ('NEW', 'SENT', 'FAILED') group by status
                        """)
                .query((row, number) -> new Backlog(
                        MessageStatus.valueOf(row.getString("status")),
                        row.getLong("messages"),
                        row.getObject("oldest", LocalDateTime.class).toInstant(ZoneOffset.UTC)))
                .list();
    }

    /** Deletes by primary key, so that it locks nothing but what it deletes. */
    int deleteConfirmed(Instant before, int limit) {
        List<String> ids = jdbc.sql("""
                        select id from local_message
                        where created_at < :before and modified_at < :before and status = 'CONFIRMED'
                        order by created_at limit :limit
                        """)
                .param("before", utc(before))
                .param("limit", limit)
                .query(String.class)
                .list();
        return inParts(ids, part -> jdbc.sql("delete from local_message where id in (:ids) and status = 'CONFIRMED'")
                .param("ids", part)
                .update());
    }

    int forgetProcessed(Instant before, int limit) {
        List<Object[]> keys = jdbc.sql("""
                        select message_id, consumer from processed_message where processed_at < :before
                        order by processed_at limit :limit
                        """)
                .param("before", utc(before))
                .param("limit", limit)
                .query((row, number) -> new Object[] {row.getString(1), row.getString(2)})
                .list();
        return inParts(keys, part -> jdbc.sql("delete from processed_message where (message_id, consumer) in (:keys)")
                .param("keys", part)
                .update());
    }

    /** @throws org.springframework.dao.DuplicateKeyException if that consumer has taken it before */
    void insertProcessed(String id, String consumer, Instant now) {
        int inserted = jdbc.sql("""
                        insert into processed_message (message_id, consumer, result, processed_at)
                        values (:id, :consumer, '', :now)
                        """)
                .param("id", id)
                .param("consumer", consumer)
                .param("now", utc(now))
                .update();
        if (inserted != 1) {
            throw new IllegalStateException("Message " + id + " was not noted as taken");
        }
    }

    void keepResult(String id, String consumer, String result) {
        int updated = jdbc.sql(
                        "update processed_message set result = :result where message_id = :id and consumer = :consumer")
                .param("result", result)
                .param("id", id)
                .param("consumer", consumer)
                .update();
        if (updated != 1) {
            throw new IllegalStateException("The result of message " + id + " was not kept");
        }
    }

    Optional<String> resultOf(String id, String consumer) {
        return jdbc.sql("select result from processed_message where message_id = :id and consumer = :consumer")
                .param("id", id)
                .param("consumer", consumer)
                .query(String.class)
                .optional();
    }

    private static <T> int inParts(List<T> all, ToIntFunction<List<T>> statement) {
        int rows = 0;
        for (int from = 0; from < all.size(); from += MAX_LIST) {
            rows += statement.applyAsInt(new ArrayList<>(all.subList(from, Math.min(from + MAX_LIST, all.size()))));
        }
        return rows;
    }

    private static @Nullable String shortened(@Nullable String text) {
        return text == null || text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR);
    }

    private static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}

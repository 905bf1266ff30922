package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL of {@code charge}. */
@Component
class ChargeRepository {

    private final JdbcClient jdbc;

    ChargeRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(Charge charge) {
        int rows = jdbc.sql("""
                insert into charge (id, reference, amount, currency, status, declined_as, created_at, changed_at)
                values (:id, :reference, :amount, :currency, :status, :declinedAs, :createdAt, :changedAt)
                """)
                .param("id", charge.id().value())
                .param("reference", charge.reference().value())
                .param("amount", charge.amount().minor())
                .param("currency", charge.amount().currency())
                .param("status", charge.status().name())
                .param("declinedAs", charge.declinedAs().map(Refusal::name).orElse(null))
                .param("createdAt", utc(charge.createdAt()))
                .param("changedAt", utc(charge.changedAt()))
                .update();
        if (rows != 1) {
            throw new IllegalStateException("charge " + charge.id() + " was not written");
        }
    }

    /** The step of a charge that is locked, so nobody can have been quicker. */
    void move(Charge charge, ChargeStatus next, Instant now) {
        int rows = jdbc.sql("""
                update charge set status = :next, changed_at = :now where id = :id and status = :status
                """)
                .param("next", next.name())
                .param("now", utc(now))
                .param("id", charge.id().value())
                .param("status", charge.status().name())
                .update();
        if (rows != 1) {
            throw new IllegalStateException(
                    "charge " + charge.id() + " was locked as " + charge.status() + " and is no longer");
        }
    }

    /** Locks the charge until the transaction ends. */
    Optional<Charge> lock(ChargeId id) {
        return jdbc.sql("select * from charge where id = :id for update")
                .param("id", id.value())
                .query((row, number) -> charge(row))
                .optional();
    }

    Optional<Charge> find(ChargeId id) {
        return jdbc.sql("select * from charge where id = :id")
                .param("id", id.value())
                .query((row, number) -> charge(row))
                .optional();
    }

    /** The charges of a reference, the newest first. */
    List<Charge> of(Reference reference, long offset, int limit) {
        return jdbc.sql("""
                select * from charge where reference = :reference
                order by created_at desc, id limit :limit offset :offset
                """)
                .param("reference", reference.value())
                .param("limit", limit)
                .param("offset", offset)
                .query((row, number) -> charge(row))
                .list();
    }

    /** Charges of all references, in the order of their ids. */
    List<Charge> after(String id, int limit) {
        return jdbc.sql("select * from charge where id > :id order by id limit :limit")
                .param("id", id)
                .param("limit", limit)
                .query((row, number) -> charge(row))
                .list();
    }

    private static Charge charge(ResultSet row) throws SQLException {
        return new Charge(
                new ChargeId(row.getString("id")),
                new Reference(row.getString("reference")),
                new Money(row.getLong("amount"), row.getString("currency")),
                ChargeStatus.valueOf(row.getString("status")),
                Optional.ofNullable(row.getString("declined_as")).map(Refusal::valueOf),
                row.getObject("created_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                row.getObject("changed_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
    }

    private static LocalDateTime utc(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }
}

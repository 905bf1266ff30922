package io.holdfast.gateway.ledger;

import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Effect;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Operation;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL of {@code ledger_entry}: entries are added and never changed. */
@Component
public class Ledger {

    private final JdbcClient jdbc;

    Ledger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Writes an entry in the transaction that is open, which is the one of its effect.
     *
     * @throws org.springframework.dao.DuplicateKeyException if the key has its entry already
     */
    public void add(LedgerEntry entry) {
        int rows = jdbc.sql("""
                insert into ledger_entry (idempotency_key, fingerprint, charge_id, reference, operation, amount, currency,
                    effect, refusal, charge_status, created_at)
                values (:key, :fingerprint, :charge, :reference, :operation, :amount, :currency,
                    :effect, :refusal, :status, :at)
                """)
                .param("key", entry.key())
                .param("fingerprint", entry.fingerprint().value())
                .param("charge", entry.charge().value())
                .param("reference", entry.reference().value())
                .param("operation", entry.operation().name())
                .param("amount", entry.amount().minor())
                .param("currency", entry.amount().currency())
                .param("effect", entry.effect().name())
                .param("refusal", entry.refusal().map(Refusal::name).orElse(null))
                .param("status", entry.status().name())
                .param("at", LocalDateTime.ofInstant(entry.at(), ZoneOffset.UTC))
                .update();
        if (rows != 1) {
            throw new IllegalStateException("an entry of charge " + entry.charge() + " was not written");
        }
    }

    /** What a key was answered with; empty if it has not come yet. */
    public Optional<LedgerEntry> find(String key) {
        return jdbc.sql("select * from ledger_entry where idempotency_key = :key")
                .param("key", key)
                .query((row, number) -> numbered(row).entry())
                .optional();
    }

    /** The entries after a number, in their order. */
    List<Numbered> after(long entryNo, int limit) {
        return jdbc.sql("select * from ledger_entry where entry_no > :after order by entry_no limit :limit")
                .param("after", entryNo)
                .param("limit", limit)
                .query((row, number) -> numbered(row))
                .list();
    }

    List<Numbered> after(Reference reference, long entryNo, int limit) {
        return jdbc.sql("""
                select * from ledger_entry
                where reference = :reference and entry_no > :after order by entry_no limit :limit
                """)
                .param("reference", reference.value())
                .param("after", entryNo)
                .param("limit", limit)
                .query((row, number) -> numbered(row))
                .list();
    }

    /**
     * What was moved in all, per currency.
     *
     * @param reference whose charges are counted, or null for all
     */
    List<Totals> totals(@Nullable Reference reference) {
        return jdbc.sql("""
                select currency,
                    sum(case effect when 'AUTHORIZED' then amount else 0 end) as authorized,
                    sum(case effect when 'CAPTURED' then amount else 0 end) as captured,
                    sum(case effect when 'VOIDED' then amount else 0 end) as voided,
                    sum(case effect when 'REFUNDED' then amount else 0 end) as refunded
                from ledger_entry
                where effect <> 'NONE' and (:reference is null or reference = :reference)
                group by currency order by currency
                """)
                .param("reference", reference == null ? null : reference.value())
                .query((row, number) -> new Totals(
                        row.getString("currency"),
                        row.getBigDecimal("authorized").toBigIntegerExact(),
                        row.getBigDecimal("captured").toBigIntegerExact(),
                        row.getBigDecimal("voided").toBigIntegerExact(),
                        row.getBigDecimal("refunded").toBigIntegerExact()))
                .list();
    }

    private static Numbered numbered(ResultSet row) throws SQLException {
        return new Numbered(
                row.getLong("entry_no"),
                new LedgerEntry(
                        row.getString("idempotency_key"),
                        new Fingerprint(row.getString("fingerprint")),
                        new ChargeId(row.getString("charge_id")),
                        new Reference(row.getString("reference")),
                        Operation.valueOf(row.getString("operation")),
                        new Money(row.getLong("amount"), row.getString("currency")),
                        Effect.valueOf(row.getString("effect")),
                        Optional.ofNullable(row.getString("refusal")).map(Refusal::valueOf),
                        ChargeStatus.valueOf(row.getString("charge_status")),
                        row.getObject("created_at", LocalDateTime.class).toInstant(ZoneOffset.UTC)));
    }

    record Numbered(long number, LedgerEntry entry) {}

    /** Sums in minor units. Each fits a row; together they may outgrow 64 bits. */
    record Totals(String currency, BigInteger authorized, BigInteger captured, BigInteger voided, BigInteger refunded) {

        /** On hold on cards now. */
        BigInteger held() {
            return authorized.subtract(captured).subtract(voided);
        }

        /** Taken from cards and not given back. */
        BigInteger taken() {
            return captured.subtract(refunded);
        }
    }
}

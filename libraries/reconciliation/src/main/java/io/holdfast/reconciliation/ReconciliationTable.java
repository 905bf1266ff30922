package io.holdfast.reconciliation;

import io.holdfast.reconciliation.CheckRun.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The SQL of {@code reconciliation_check} and {@code reconciliation_finding}. Every change is guarded and answers how many rows it found. */
final class ReconciliationTable {

    private static final String FINDING = """
            check_name, subject, state, detail, first_seen, last_seen, times_seen, mended_at, mend, closed_at
            """;

    private final JdbcClient jdbc;

    ReconciliationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    boolean knows(String check) {
        return jdbc.sql("select count(*) from reconciliation_check where check_name = ?")
                        .param(check)
                        .query(Long.class)
                        .single()
                == 1;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if it is there */
    int enter(String check) {
        return jdbc.sql("insert into reconciliation_check (check_name, cursor_at, millis, looked, figures)"
                        + " values (?, '', 0, 0, '')")
                .param(check)
                .update();
    }

    /**
     * @param notSince only if the last run ended before; null to run it whenever that was
     * @return 1 if the check is this holder's now, until the lease ends
     */
    int claim(String check, String holder, Instant now, Instant leasedUntil, @Nullable Instant notSince) {
        return jdbc.sql("""
                        update reconciliation_check set leased_by = :holder, leased_until = :until
                        where check_name = :check and (leased_until is null or leased_until < :now)
                            and (:always = 1 or run_at is null or run_at <= :notSince)
                        """)
                .param("holder", holder)
                .param("until", utc(leasedUntil))
                .param("check", check)
                .param("now", utc(now))
                .param("always", notSince == null ? 1 : 0)
                .param("notSince", utc(notSince == null ? now : notSince))
                .update();
    }

    String cursor(String check) {
        return jdbc.sql("select cursor_at from reconciliation_check where check_name = ?")
                .param(check)
                .query(String.class)
                .single();
    }

    /** @return 0 if the lease was lost, and with it the right to conclude anything */
    int end(String check, String holder, Instant now, CheckResult result, long millis) {
        return jdbc.sql("""
                        update reconciliation_check set leased_by = null, leased_until = null, run_at = :now,
                            completed_at = :now, outcome = 'COMPLETED', error = null, millis = :millis, looked = :looked,
                            cursor_at = :cursor, figures = :figures
                        where check_name = :check and leased_by = :holder
                        """)
                .param("now", utc(now))
                .param("millis", millis)
                .param("looked", result.looked())
                .param("cursor", result.cursor())
                .param("figures", written(result.figures()))
                .param("check", check)
                .param("holder", holder)
                .update();
    }

    int endWithout(String check, String holder, Instant now, Outcome outcome, String error, long millis) {
        return jdbc.sql("""
                        update reconciliation_check set leased_by = null, leased_until = null, run_at = :now,
                            outcome = :outcome, error = :error, millis = :millis
                        where check_name = :check and leased_by = :holder
                        """)
                .param("now", utc(now))
                .param("outcome", outcome.name())
                .param("error", error)
                .param("millis", millis)
                .param("check", check)
                .param("holder", holder)
                .update();
    }

    Optional<CheckRun> run(String check) {
        return jdbc.sql("""
                        select check_name, run_at, completed_at, outcome, error, millis, looked, figures
                        from reconciliation_check where check_name = ?
                        """)
                .param(check)
                .query((row, n) -> {
                    String outcome = row.getString("outcome");
                    return new CheckRun(
                            row.getString("check_name"),
                            instant(row, "run_at"),
                            instant(row, "completed_at"),
                            outcome == null ? null : Outcome.valueOf(outcome),
                            row.getString("error"),
                            row.getLong("millis"),
                            row.getLong("looked"),
                            read(row.getString("figures")));
                })
                .optional();
    }

    List<KnownFinding> notClosed(String check) {
        return jdbc.sql("select " + FINDING + " from reconciliation_finding where check_name = ? and state <> 'CLOSED'"
                        + " order by subject")
                .param(check)
                .query(ReconciliationTable::finding)
                .list();
    }

    /** Those of all checks, the oldest first. */
    List<KnownFinding> inState(FindingState state, int most) {
        return jdbc.sql("select " + FINDING
                        + " from reconciliation_finding where state = ? order by first_seen, subject" + " limit ?")
                .params(state.name(), most)
                .query(ReconciliationTable::finding)
                .list();
    }

    Map<String, Long> countOpen() {
        Map<String, Long> open = new TreeMap<>();
        jdbc.sql("select check_name, count(*) as findings from reconciliation_finding where state = 'OPEN'"
                        + " group by check_name")
                .query(row -> {
                    open.put(row.getString("check_name"), row.getLong("findings"));
                });
        return open;
    }

    /** Seen for the first time, or again after it had been closed. */
    void suspect(String check, Finding finding, Instant now) {
        int again = jdbc.sql("""
                        update reconciliation_finding set state = 'SUSPECTED', detail = :detail, first_seen = :now,
                            last_seen = :now, times_seen = 1, mended_at = null, mend = null, closed_at = null
                        where check_name = :check and subject = :subject and state = 'CLOSED'
                        """)
                .param("detail", finding.detail())
                .param("now", utc(now))
                .param("check", check)
                .param("subject", finding.subject())
                .update();
        if (again == 0) {
            jdbc.sql("""
                            insert into reconciliation_finding
                                (check_name, subject, state, detail, first_seen, last_seen, times_seen)
                            values (:check, :subject, 'SUSPECTED', :detail, :now, :now, 1)
                            """)
                    .param("check", check)
                    .param("subject", finding.subject())
                    .param("detail", finding.detail())
                    .param("now", utc(now))
                    .update();
        }
    }

    int seenAgain(String check, Finding finding, Instant now) {
        return jdbc.sql("""
                        update reconciliation_finding set state = 'OPEN', detail = :detail, last_seen = :now,
                            times_seen = case when times_seen < 2147483647 then times_seen + 1 else times_seen end
                        where check_name = :check and subject = :subject and state <> 'CLOSED'
                        """)
                .param("detail", finding.detail())
                .param("now", utc(now))
                .param("check", check)
                .param("subject", finding.subject())
                .update();
    }

    int close(String check, String subject, Instant now) {
        return jdbc.sql("""
                        update reconciliation_finding set state = 'CLOSED', closed_at = :now
                        where check_name = :check and subject = :subject and state = 'OPEN'
                        """)
                .param("now", utc(now))
                .param("check", check)
                .param("subject", subject)
                .update();
    }

    int dropSuspicion(String check, String subject) {
        return jdbc.sql(
                        "delete from reconciliation_finding where check_name = ? and subject = ? and state = 'SUSPECTED'")
                .params(check, subject)
                .update();
    }

    int repaired(String check, String subject, String repair, Instant now) {
        return jdbc.sql("""
                        update reconciliation_finding set mended_at = :now, mend = :repair
                        where check_name = :check and subject = :subject and state = 'OPEN' and mended_at is null
                        """)
                .param("now", utc(now))
                .param("repair", repair)
                .param("check", check)
                .param("subject", subject)
                .update();
    }

    int forgetClosed(Instant before, int most) {
        List<KnownFinding> old = jdbc.sql("select " + FINDING
                        + " from reconciliation_finding where state = 'CLOSED' and closed_at < ? limit ?")
                .params(utc(before), most)
                .query(ReconciliationTable::finding)
                .list();
        return old.stream()
                .mapToInt(finding -> jdbc.sql("delete from reconciliation_finding"
                                + " where check_name = ? and subject = ? and state = 'CLOSED'")
                        .params(finding.check(), finding.subject())
                        .update())
                .sum();
    }

    private static KnownFinding finding(ResultSet row, int n) throws SQLException {
        return new KnownFinding(
                row.getString("check_name"),
                row.getString("subject"),
                FindingState.valueOf(row.getString("state")),
                row.getString("detail"),
                row.getObject("first_seen", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                row.getObject("last_seen", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                row.getInt("times_seen"),
                instant(row, "mended_at"),
                row.getString("mend"),
                instant(row, "closed_at"));
    }

    private static String written(SortedMap<String, Long> figures) {
        StringBuilder text = new StringBuilder();
        figures.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    private static SortedMap<String, Long> read(String text) {
        SortedMap<String, Long> figures = new TreeMap<>();
        text.lines().forEach(line -> {
            int at = line.lastIndexOf('=');
            figures.put(line.substring(0, at), Long.valueOf(line.substring(at + 1)));
        });
        return figures;
    }

    private static LocalDateTime utc(Instant at) {
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        LocalDateTime at = row.getObject(column, LocalDateTime.class);
        return at == null ? null : at.toInstant(ZoneOffset.UTC);
    }
}

package io.holdfast.reconciliation;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A check that is one query to the service's own database: one statement, so one consistent picture, whatever is written meanwhile.
 * It may read whole tables, but each of them once.
 *
 * @param every the least time between two runs
 * @param breaches answers {@code subject} and {@code detail} of what violates the invariant. {@code :before} is the time now less
 *     {@code grace}, and {@code :most} the number of rows to answer at most
 * @param maxTime after which the query is stopped, at the server too
 */
public record SqlCheck(
        String name,
        String invariant,
        String sentence,
        Duration every,
        Duration grace,
        String breaches,
        DataSource database,
        Clock clock,
        Duration maxTime)
        implements Check {

    private static final int MAX_FINDINGS = 200;

    /** Then the driver stops it at the server too, where a query goes on after whoever asked has given up. */
    private static final Duration MAX_TIME = Duration.ofSeconds(12);

    /** With as much time as a check may take. */
    public SqlCheck(
            String name,
            String invariant,
            String sentence,
            Duration every,
            Duration grace,
            String breaches,
            DataSource database,
            Clock clock) {
        this(name, invariant, sentence, every, grace, breaches, database, clock, MAX_TIME);
    }

    @Override
    public CheckResult run(CheckState state) {
        JdbcTemplate bounded = new JdbcTemplate(database);
        bounded.setQueryTimeout(Math.toIntExact(maxTime.toSeconds()));
        List<Finding> findings = JdbcClient.create(bounded)
                .sql(breaches)
                .param("before", LocalDateTime.now(clock).minus(grace))
                .param("most", MAX_FINDINGS)
                .query((row, n) -> new Finding(row.getString("subject"), row.getString("detail")))
                .list();
        // With more than can be reported, what is not among them may be broken all the same.
        return new CheckResult(findings, findings.size() < MAX_FINDINGS, "", findings.size(), new TreeMap<>());
    }
}

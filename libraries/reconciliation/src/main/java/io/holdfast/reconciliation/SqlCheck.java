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
 * @param every at least so long between two looks
 * @param breaches answers {@code subject} and {@code detail} of what breaks the sentence. {@code :before} is the time now less
 *     {@code grace}, and {@code :most} the number of rows to answer at most
 * @param longest after which the query is stopped, at the server too
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
        Duration longest)
        implements Check {

    private static final int MOST = 200;

    /** Then the driver stops it at the server too, where a query goes on after whoever asked has given up. */
    private static final Duration LONGEST = Duration.ofSeconds(12);

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
        this(name, invariant, sentence, every, grace, breaches, database, clock, LONGEST);
    }

    @Override
    public Look look(Memory memory) {
        JdbcTemplate bounded = new JdbcTemplate(database);
        bounded.setQueryTimeout(Math.toIntExact(longest.toSeconds()));
        List<Finding> findings = JdbcClient.create(bounded)
                .sql(breaches)
                .param("before", LocalDateTime.now(clock).minus(grace))
                .param("most", MOST)
                .query((row, n) -> new Finding(row.getString("subject"), row.getString("detail")))
                .list();
        // With more than can be told, what is not among them may be broken all the same.
        return new Look(findings, findings.size() < MOST, "", findings.size(), new TreeMap<>());
    }
}

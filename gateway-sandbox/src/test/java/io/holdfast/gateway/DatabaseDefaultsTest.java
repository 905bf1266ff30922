package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The isolation and the precision of times are set in one place each: the connection pool, and the clock. */
@OnRealDatabase
class DatabaseDefaultsTest {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    DatabaseDefaultsTest(
            @Autowired JdbcTemplate jdbc,
            @Autowired PlatformTransactionManager transactionManager,
            @Autowired Clock clock) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactionManager);
        this.clock = clock;
    }

    @Test
    void aTransactionThatAsksForNoIsolationIsReadCommittedInTheDatabase() {
        String isolation = transaction.execute(
                status -> jdbc.queryForObject("select @@session.transaction_isolation", String.class));

        assertThat(isolation).isEqualTo("READ-COMMITTED");
    }

    @Test
    void timesAreAsPreciseAsTheDatabaseKeepsThemAndInUtc() {
        assertThat(clock).isEqualTo(Clock.tickMillis(ZoneOffset.UTC));
    }
}

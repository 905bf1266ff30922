package io.holdfast.edge.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLSyntaxErrorException;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.BadSqlGrammarException;

class LogTest {

    private final LoggerContext logback = new LoggerContext();

    @Test
    void aFailureIsOneLineWithItsCausesAndThePlaceInOurCode() {
        String line = written(new IllegalStateException("no order", new SQLException("gone\nand more", "08S01", 7)));

        assertThat(line.lines()).hasSize(1);
        assertThat(line)
                .contains("java.lang.IllegalStateException: no order (LogTest.aFailureIsOneLine")
                .contains("caused by java.sql.SQLException: gone")
                .doesNotContain("\tat ", "and more");
    }

    @Test
    void theRootCauseIsToldHoweverOftenItIsWrapped() {
        Exception failure = new IllegalArgumentException("the root");
        for (int i = 0; i < 12; i++) {
            failure = new IllegalStateException("wrapped " + i, failure);
        }

        assertThat(written(failure))
                .contains("wrapped 11", "wrapped 10", "wrapped 1 ", "wrapped 0", "IllegalArgumentException: the root")
                .doesNotContain("wrapped 5");
    }

    @Test
    void sqlIsNotWritten() {
        SQLException database = new SQLSyntaxErrorException("error near 'selec secret'", "42000", 1064);

        assertThat(written(new BadSqlGrammarException("read", "selec secret from vault", database)))
                .contains("BadSqlGrammarException", "caused by java.sql.SQLSyntaxErrorException")
                .doesNotContain("selec");
    }

    @Test
    void theDatabasesOwnWordsAreWrittenWhereTheyQuoteNoSql() {
        assertThat(written(new SQLIntegrityConstraintViolationException("Duplicate entry 'a'", "23000", 1062)))
                .contains(": Duplicate entry 'a'");
    }

    @Test
    void causesThatGoRoundInACircleEnd() {
        Exception first = new Exception("first");
        first.initCause(new Exception("second", first));

        assertThat(written(first)).contains("first", "second");
    }

    @Test
    void withoutAFailureNothingIsWritten() {
        assertThat(written(null)).isEmpty();
    }

    @Test
    void aTokenInAMessageIsNotWritten() {
        String token = "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJuYWNvcyJ9.ETxcSLaVuBZEEbOy1qaMPCrYe9gi2NNSMes0VEDBExU";
        LoggingEvent event = new LoggingEvent(
                "test", logback.getLogger("test"), Level.ERROR, "headers={accessToken={}, more}", null, new Object[] {
                    token
                });

        assertThat(new RedactedMessage().convert(event)).isEqualTo("headers={accessToken=***, more}");
    }

    @Test
    void aStatementThatMyBatisQuotesInAMessageIsNotWritten() {
        LoggingEvent event =
                new LoggingEvent("test", logback.getLogger("test"), Level.WARN, "it failed: {}", null, new Object[] {
                    "### Error querying database.\n### SQL: select secret from vault where id = ?\n### Cause: gone"
                });

        assertThat(new RedactedMessage().convert(event))
                .contains("### Cause: gone")
                .doesNotContain("vault");
    }

    private String written(Throwable failure) {
        return new OneLineCauses()
                .convert(new LoggingEvent("test", logback.getLogger("test"), Level.ERROR, "failed", failure, null));
    }
}

package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.BackOffExecution;

/** What is tried again for ever, and what is passed over. */
class InfrastructureFailureTest {

    static Stream<Throwable> ofInfrastructure() {
        return Stream.of(
                new CannotCreateTransactionException("no connection"),
                new QueryTimeoutException("too slow"),
                new IllegalStateException("beneath", new SQLTransientConnectionException("pool is empty")),
                new UncategorizedSQLException("update", null, new SQLException("disk full", "HY000", 1021)),
                new UncategorizedSQLException("update", null, new SQLException("--read-only", "HY000", 1290)),
                new SQLException("a standby", "25006"),
                new SQLException("terminating connection", "57P01"),
                new IllegalStateException(new ConnectException("refused")),
                new IllegalStateException(new NoRouteToHostException()),
                new IllegalStateException(new SocketTimeoutException()),
                new IllegalStateException(new UnknownHostException("stock-svc")),
                new IllegalStateException(new HttpConnectTimeoutException("late")),
                new TimeoutException("the broker"),
                new OutOfMemoryError());
    }

    static Stream<Throwable> ofTheHandler() {
        return Stream.of(
                new IllegalArgumentException("names no order"),
                new NullPointerException(),
                new NoClassDefFoundError("gone"),
                new StackOverflowError(),
                new DuplicateKeyException("twice", new SQLIntegrityConstraintViolationException("23000")),
                new DataIntegrityViolationException("too long", new SQLException("too long", "22001", 1406)),
                new IllegalStateException(new IOException("malformed")),
                new RecordTooLargeException(),
                circle());
    }

    @ParameterizedTest
    @MethodSource("ofInfrastructure")
    void whatSaysNothingAgainstTheMessageIsOne(Throwable failure) {
        assertThat(InfrastructureFailure.isOne(failure)).isTrue();
        assertThat(InfrastructureFailure.isOne(new RuntimeException(new RuntimeException(failure))))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("ofTheHandler")
    void whatIsWrongWithTheMessageOrTheHandlerIsNone(Throwable failure) {
        assertThat(InfrastructureFailure.isOne(failure)).isFalse();
    }

    @Test
    void aDatabaseThatIsNotThereIsOneHoweverItIsMet() {
        DriverManagerDataSource nobody = new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none", "x", "x");

        Throwable atTheTransaction = catchThrowable(
                () -> new TransactionTemplate(new JdbcTransactionManager(nobody)).executeWithoutResult(status -> {}));
        Throwable atTheStatement = catchThrowable(
                () -> JdbcClient.create(nobody).sql("select 1").query().singleRow());

        assertThat(InfrastructureFailure.isOne(atTheTransaction)).isTrue();
        assertThat(InfrastructureFailure.isOne(atTheStatement)).isTrue();
    }

    @Test
    void aConnectionThatIsLostInTheMiddleIsOne() throws SQLException {
        TestSchema schema = TestDatabase.mariaDb().newSchema("lost");
        DriverManagerDataSource source = new DriverManagerDataSource(schema.url(), schema.user(), schema.password());
        JdbcTemplate jdbc = new JdbcTemplate(source);
        JdbcTemplate another =
                new JdbcTemplate(new DriverManagerDataSource(schema.url(), schema.user(), schema.password()));
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(source));

        Throwable lost = catchThrowable(() -> transaction.executeWithoutResult(status -> {
            another.execute("kill connection " + jdbc.queryForObject("select connection_id()", Long.class));
            jdbc.queryForObject("select 1", Integer.class);
        }));

        assertThat(InfrastructureFailure.isOne(lost)).as(String.valueOf(lost)).isTrue();
    }

    @Test
    void aConsumerTriesForEverAndNeverWaitsLongerThanTenSeconds() {
        BackOffExecution waits = RetryPolicy.STANDARD.ofInfrastructure().start();

        long all = 0;
        for (int attempt = 1; attempt <= 100_000; attempt++) {
            long wait = waits.nextBackOff();
            assertThat(wait).isBetween(1L, 10_000L);
            all += wait;
        }

        assertThat(Duration.ofMillis(all)).isGreaterThan(Duration.ofDays(5));
        assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(11)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMessageOfWhichItsHandlerMakesNothingIsTriedThreeTimes() {
        BackOffExecution waits = RetryPolicy.ofHandler().start();

        assertThat(waits.nextBackOff()).isPositive();
        assertThat(waits.nextBackOff()).isPositive();
        assertThat(waits.nextBackOff()).isEqualTo(BackOffExecution.STOP);
    }

    private static Throwable circle() {
        IllegalStateException one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("other", one));
        return one;
    }
}

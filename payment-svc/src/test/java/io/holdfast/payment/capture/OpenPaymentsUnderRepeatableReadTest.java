package io.holdfast.payment.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Database;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** The default of MySQL and MariaDB, which a team may not think of changing. */
@TestPropertySource(properties = "spring.datasource.hikari.transaction-isolation=TRANSACTION_REPEATABLE_READ")
class OpenPaymentsUnderRepeatableReadTest extends OpenPaymentsContract {

    private final DataSource dataSource;

    OpenPaymentsUnderRepeatableReadTest(
            @Autowired Coordinator coordinator, @Autowired Database database, @Autowired DataSource dataSource) {
        super(coordinator, database);
        this.dataSource = dataSource;
    }

    @Test
    void theSessionsDefaultIsRepeatableRead() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        }
    }
}

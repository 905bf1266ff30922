package io.holdfast.edge.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Watches over the connections that are used while an operator's action is carried out: none commits a change without the action's entry in
 * the audit. That is below everything that changes something, so that no endpoint, mapper or library can forget it; all other requests
 * get their connections as they are.
 */
final class AuditedDataSource extends DelegatingDataSource {

    private final Supplier<Clock> clock;

    AuditedDataSource(DataSource target, Supplier<Clock> clock) {
        super(target);
        this.clock = clock;
    }

    DataSource unwatched() {
        return obtainTargetDataSource();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return watched(super.getConnection());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return watched(super.getConnection(username, password));
    }

    private Connection watched(Connection connection) {
        return AuditedAction.current()
                .filter(action -> action.request().changes() && !action.isRecorded())
                .map(action -> AuditedConnection.watch(connection, action, clock.get()))
                .orElse(connection);
    }
}

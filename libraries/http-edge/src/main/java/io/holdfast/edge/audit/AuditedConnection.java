package io.holdfast.edge.audit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A connection that knows whether rows were changed over it since the last commit, and writes the entry of the action before it commits
 * them. If the entry cannot be written, nothing is committed. What is rolled back leaves none.
 */
final class AuditedConnection implements InvocationHandler {

    private final Connection connection;
    private final AuditedAction action;
    private final Clock clock;
    private boolean changed;

    private AuditedConnection(Connection connection, AuditedAction action, Clock clock) {
        this.connection = connection;
        this.action = action;
        this.clock = clock;
    }

    static Connection watch(Connection connection, AuditedAction action, Clock clock) {
        return (Connection) Proxy.newProxyInstance(
                AuditedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new AuditedConnection(connection, action, clock));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "equals":
                return arguments != null && proxy == arguments[0];
            case "hashCode":
                return System.identityHashCode(proxy);
            case "commit":
                commit();
                return null;
            case "rollback":
                // To a savepoint: there may be changes before it.
                changed &= arguments != null;
                break;
            case "setAutoCommit":
                // Which commits what is open.
                if (changed && !connection.getAutoCommit()) {
                    commit();
                }
                break;
            default:
        }
        Object result = call(connection, method, arguments);
        return result instanceof Statement statement ? watch(statement, (Connection) proxy) : result;
    }

    private void commit() throws SQLException {
        boolean entered = changed && !action.isRecorded();
        if (entered) {
            enter();
        }
        connection.commit();
        changed = false;
        if (entered) {
            action.recorded();
        }
    }

    private void enter() throws SQLException {
        try {
            AuditLog.add(connection, action, clock.instant());
        } catch (RuntimeException | Error e) {
            connection.rollback();
            changed = false;
            throw e;
        }
    }

    private void changed() throws SQLException {
        changed = true;
        if (connection.getAutoCommit() && !action.isRecorded()) {
            // Outside a transaction each statement is one, and so is the entry.
            AuditLog.add(connection, action, clock.instant());
            action.recorded();
        }
    }

    private Statement watch(Statement statement, Connection watched) {
        Class<?> type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        return (Statement) Proxy.newProxyInstance(
                AuditedConnection.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "equals":
                            return arguments != null && proxy == arguments[0];
                        case "hashCode":
                            return System.identityHashCode(proxy);
                        case "getConnection":
                            return watched;
                        default:
                    }
                    Object result = call(statement, method, arguments);
                    if (changesRows(statement, method.getName(), result)) {
                        changed();
                    }
                    return result;
                });
    }

    /** Where the count is not known, as in a batch that was rewritten, they may be changed. */
    private static boolean changesRows(Statement statement, String method, @Nullable Object result)
            throws SQLException {
        return switch (method) {
            case "executeUpdate", "executeLargeUpdate" -> ((Number) result).longValue() != 0;
            case "executeBatch" -> Arrays.stream((int[]) result).anyMatch(count -> count != 0);
            case "executeLargeBatch" -> Arrays.stream((long[]) result).anyMatch(count -> count != 0);
            case "execute" -> Boolean.FALSE.equals(result) && statement.getUpdateCount() != 0;
            default -> false;
        };
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

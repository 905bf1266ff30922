package io.holdfast.message;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Something that a message needs is down: the database, the network, memory. The message itself is not at fault, and skipping it would not
 * help; so it is tried again until it can be processed.
 *
 * <p>Here is what counts as that, wherever it stands among the causes:
 *
 * <ul>
 *   <li>of the database: no connection, no transaction, a connection that was lost, a lock or a time limit that was not met, a server
 *       that is read-only, full or shutting down
 *   <li>of the network: refused, unreachable, unknown, reset, too late (also beneath Feign's {@code RetryableException})
 *   <li>of the broker: whatever Kafka says may be tried again
 *   <li>no memory
 * </ul>
 *
 * <p>Anything else is the handler's own failure. A handler that knows better throws this.
 */
public final class InfrastructureFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A circle of causes ends as well. */
    private static final int MAX_CAUSES = 32;

    /** Classes of SQLSTATE: connection, insufficient resources, operator intervention, system error. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "57", "58");

    /** SQLSTATE of a PostgreSQL that is read-only: a standby that nobody has promoted yet. */
    private static final String READ_ONLY = "25006";

    /** Those of MySQL and MariaDB that bear no such SQLSTATE: disk full, too many connections, shutdown, read-only, read-only mode. */
    private static final Set<Integer> AWAY_CODES = Set.of(1021, 1040, 1053, 1290, 1836);

    public InfrastructureFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether a failure, or what caused it, is one of the infrastructure. */
    static boolean isOne(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (isAway(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isAway(Throwable cause) {
        return cause instanceof InfrastructureFailure
                || cause instanceof OutOfMemoryError
                || cause instanceof InterruptedException
                || ofTheDatabase(cause)
                || ofTheNetwork(cause)
                || cause instanceof RetriableException;
    }

    private static boolean ofTheDatabase(Throwable cause) {
        return cause instanceof CannotCreateTransactionException
                || cause instanceof TransactionTimedOutException
                || cause instanceof TransientDataAccessException
                || cause instanceof RecoverableDataAccessException
                // No connection to be had is one of them.
                || cause instanceof NonTransientDataAccessResourceException
                || cause instanceof SQLTransientException
                || cause instanceof SQLRecoverableException
                || cause instanceof SQLNonTransientConnectionException
                || cause instanceof SQLException told && isAway(told);
    }

    private static boolean isAway(SQLException told) {
        String state = told.getSQLState();
        return AWAY_CODES.contains(told.getErrorCode())
                || state != null
                        && state.length() == 5
                        && (AWAY_CLASSES.contains(state.substring(0, 2)) || state.equals(READ_ONLY));
    }

    private static boolean ofTheNetwork(Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof SocketTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof HttpTimeoutException;
    }
}

package io.holdfast.tcc.retry;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.NotYetException;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.seata.common.exception.SkipCallbackWrapperException;

/** What is said of an attempt that failed. */
final class Failures {

    /** Of causes of causes; a chain may be a ring. */
    private static final int MAX_DEPTH = 20;

    private Failures() {}

    /** What the action threw. */
    static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof SkipCallbackWrapperException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * For the fence row, and from there for the timeline of an order. Two kinds are written for people already; anything else is
     * preceded by its type. A database's message comes without the statement, which the exceptions around it add.
     */
    static String describe(Throwable cause) {
        if (isExpected(cause)) {
            return String.valueOf(cause.getMessage());
        }
        String said = saidByTheDatabase(cause).orElse(cause.getMessage());
        String type = cause.getClass().getName();
        return said == null || said.isBlank() ? type : type + ": " + firstLine(said);
    }

    private static Optional<String> saidByTheDatabase(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            if (cause instanceof SQLException) {
                return Optional.ofNullable(cause.getMessage());
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("");
    }

    /** Whether it is an answer of the action's rather than a fault of it. */
    static boolean isExpected(Throwable cause) {
        return cause instanceof NotYetException || cause instanceof ConfirmRefusedException;
    }
}

package io.holdfast.edge.logging;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes an exception as one line: what happened, caused by what, and where in our own code. Stack traces are left out, and so
 * are the texts of data access frameworks, which quote the SQL; the database's own text, which does not, comes as their cause.
 *
 * <p>Whoever needs a stack trace sets {@code LOGGING_EXCEPTION_CONVERSION_WORD=%wEx}.
 */
public final class OneLineCauses extends ThrowableHandlingConverter {

    private static final int MAX_CAUSES = 40;
    private static final int MAX_WRITTEN = 5;
    private static final int MAX_LENGTH = 300;
    private static final String OURS = "io.holdfast.";
    /** Their texts hold the statement, or the part of it that the database did not understand. */
    private static final List<String> QUOTE_SQL = List.of(
            "org.springframework.dao.",
            "org.springframework.jdbc.",
            "org.apache.ibatis.",
            "org.mybatis.",
            "java.sql.SQLSyntaxErrorException");

    @Override
    public String convert(ILoggingEvent event) {
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure == null) {
            return "";
        }
        List<IThrowableProxy> causes = new ArrayList<>();
        for (IThrowableProxy cause = failure; cause != null && causes.size() < MAX_CAUSES; cause = cause.getCause()) {
            causes.add(cause);
        }
        // What happened, and why in the end: frameworks wrap a failure once for every bean on its way.
        if (causes.size() > MAX_WRITTEN) {
            causes.subList(2, causes.size() - (MAX_WRITTEN - 2)).clear();
        }
        return "    ! "
                + causes.stream().map(OneLineCauses::described).collect(Collectors.joining(", caused by "))
                + System.lineSeparator();
    }

    private static String described(IThrowableProxy failure) {
        StringBuilder text = new StringBuilder(failure.getClassName());
        String message = messageOf(failure);
        if (!message.isEmpty()) {
            text.append(": ").append(message);
        }
        Arrays.stream(failure.getStackTraceElementProxyArray())
                .map(StackTraceElementProxy::getStackTraceElement)
                .filter(frame -> frame.getClassName().startsWith(OURS) && frame.getLineNumber() > 0)
                .findFirst()
                .ifPresent(frame -> text.append(" (")
                        .append(frame.getClassName()
                                .substring(frame.getClassName().lastIndexOf('.') + 1))
                        .append('.')
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber())
                        .append(')'));
        return text.toString();
    }

    private static String messageOf(IThrowableProxy failure) {
        return QUOTE_SQL.stream().anyMatch(failure.getClassName()::startsWith) ? "" : shortened(failure.getMessage());
    }

    /** An exception that carries its cause's text repeats it with all its lines. */
    private static String shortened(@Nullable String message) {
        if (message == null) {
            return "";
        }
        String line = message.strip().lines().findFirst().orElse("");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}

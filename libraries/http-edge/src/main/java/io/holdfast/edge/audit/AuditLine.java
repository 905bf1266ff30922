package io.holdfast.edge.audit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The audit's line in the log: one for each change that an operator asks for, whatever levels are set. */
final class AuditLine {

    private static final org.slf4j.Logger audit = LoggerFactory.getLogger("io.holdfast.audit");
    private static final int MAX_LENGTH = 200;

    private AuditLine() {}

    static void write(AuditedAction.Request request, String status) {
        if (!audit.isInfoEnabled() && audit instanceof Logger adjustable) {
            // Levels are changed while a service runs, of this one in passing or on purpose.
            adjustable.setLevel(Level.INFO);
        }
        audit.info(
                "who={} what=\"{} {}\" reason=\"{}\" status={} request={}",
                printable(request.who()),
                request.method(),
                printable(request.target()),
                printable(request.reason()),
                status,
                request.traceId());
    }

    /** A line break or a quote must not be able to forge a second line. */
    private static String printable(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String bounded = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
        return bounded.replaceAll("[\\p{IsControl}\\u2028\\u2029\"\\\\]", "?");
    }
}

package io.holdfast.edge.logging;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.regex.Pattern;

/**
 * Takes tokens and statements out of what is logged. Ours write neither; a library may write a request with all its headers, or
 * the text of a failure of MyBatis, which quotes the statement in a line of its own.
 */
public final class RedactedMessage extends MessageConverter {

    /** How every JWT begins: {" in base64. */
    private static final String START = "eyJ";

    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_.-]+");

    private static final String QUOTED = "### SQL: ";

    private static final Pattern STATEMENT = Pattern.compile("### SQL: .*");

    @Override
    public String convert(ILoggingEvent event) {
        String message = super.convert(event);
        if (message == null) {
            return "";
        }
        if (message.contains(QUOTED)) {
            message = STATEMENT.matcher(message).replaceAll("### SQL: ***");
        }
        return message.contains(START) ? TOKEN.matcher(message).replaceAll("***") : message;
    }
}

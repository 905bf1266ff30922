package io.holdfast.edge;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.regex.Pattern;

/** Takes tokens out of what is logged. Ours are logged nowhere; a library may write a request with all its headers. */
public final class DiscreetMessage extends MessageConverter {

    /** How every JWT begins: {" in base64. */
    private static final String START = "eyJ";

    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_.-]+");

    @Override
    public String convert(ILoggingEvent event) {
        String message = super.convert(event);
        return message == null || !message.contains(START)
                ? message
                : TOKEN.matcher(message).replaceAll("***");
    }
}

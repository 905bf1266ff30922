package io.holdfast.edge.tracing;

import jakarta.servlet.ServletRequest;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id by which one request is found again in the logs of every service that it passed.
 *
 * @param value 32 lower-case hexadecimal digits, not all zero, as W3C Trace Context has them
 */
public record TraceId(String value) {

    /** The name in the logging context and in a problem's body. */
    public static final String NAME = "traceId";

    public static final String RESPONSE_HEADER = "X-Trace-Id";
    static final String TRACEPARENT = "traceparent";

    private static final String ATTRIBUTE = TraceId.class.getName();

    // Version ff is forbidden; versions after 00 may append fields, each after a hyphen.
    private static final Pattern FORMAT =
            Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[!-~]{0,200})?");

    private static final String NO_TRACE = "0".repeat(32);
    private static final String NO_SPAN = "0".repeat(16);

    /** The caller's trace if the header is well-formed, otherwise a new one: a bad header must not cost the request. */
    static TraceId ofTraceparent(@Nullable String header) {
        if (header == null) {
            return made();
        }
        Matcher matcher = FORMAT.matcher(header);
        boolean wellFormed = matcher.matches()
                && !matcher.group(2).equals(NO_TRACE)
                && !matcher.group(3).equals(NO_SPAN)
                && (matcher.group(4) == null || !matcher.group(1).equals("00"));
        return wellFormed ? new TraceId(matcher.group(2)) : made();
    }

    static TraceId made() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceId(hex(random.nextLong()) + hex(nonZero(random)));
    }

    /** The trace of a request that passed the {@link TraceFilter}; a new one for a request that failed before it. */
    public static TraceId of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof TraceId traceId ? traceId : made();
    }

    /** The header for a call that this trace makes to another service. */
    static String traceparent(String traceId) {
        return "00-" + traceId + "-" + hex(nonZero(ThreadLocalRandom.current())) + "-01";
    }

    void keepIn(ServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    private static long nonZero(ThreadLocalRandom random) {
        long value = random.nextLong();
        return value == 0 ? 1 : value;
    }

    private static String hex(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}

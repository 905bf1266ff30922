package io.holdfast.edge.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;

/**
 * The answer to a request is an error that the caller can act on.
 *
 * <p>Thrown anywhere below a controller it becomes an {@code application/problem+json} body of type
 * {@code urn:holdfast:problem:<code>}.
 */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final Set<String> TAKEN = Set.of("type", "title", "status", "detail", "instance", "code", "traceId");

    private static final Pattern CODE = Pattern.compile("[a-z0-9-]{1,64}");

    private final HttpStatus status;
    private final String code;
    private final String detail;

    // Never serialised: it only lives between the throw and the answer of one request.
    private final transient Map<String, Object> properties;

    /**
     * @param status a 4xx or 5xx status
     * @param code a stable word for programs, such as {@code out-of-stock}
     * @param detail one sentence for people; it is sent to the caller as it is
     */
    public ProblemException(HttpStatus status, String code, String detail) {
        this(status, code, detail, Map.of());
    }

    /** @param properties further members of the problem; the standard ones cannot be replaced */
    public ProblemException(HttpStatus status, String code, String detail, Map<String, Object> properties) {
        // An expected answer, not a fault: its stack trace would cost more than the request.
        super(code + ": " + detail, null, false, false);
        if (!status.isError()) {
            throw new IllegalArgumentException("A problem needs a 4xx or 5xx status, not " + status.value());
        }
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("A problem's code is lower-case words joined by hyphens, not " + code);
        }
        for (String name : properties.keySet()) {
            if (TAKEN.contains(name)) {
                throw new IllegalArgumentException("A problem has its own member " + name);
            }
        }
        this.status = status;
        this.code = code;
        this.detail = Objects.requireNonNull(detail, "detail");
        this.properties = new LinkedHashMap<>(properties);
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    public Map<String, Object> properties() {
        return Map.copyOf(properties);
    }
}

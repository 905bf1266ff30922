package io.holdfast.edge.problem;

import io.holdfast.edge.tracing.TraceId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** Builds problems that look the same wherever in a request the error was found. */
public final class Problems {

    static final String CODE = "code";

    private static final URI NO_TYPE = URI.create("about:blank");
    private static final String TYPE_PREFIX = "urn:holdfast:problem:";

    /** What is said of an error that nobody described: to the caller only that much, the rest is in the log. */
    private static final Map<HttpStatus, Kind> KINDS = Map.ofEntries(
            kind(HttpStatus.BAD_REQUEST, "bad-request", "The request cannot be understood."),
            kind(HttpStatus.NOT_FOUND, "not-found", "There is nothing at this address."),
            kind(HttpStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "This address does not take that method."),
            kind(HttpStatus.NOT_ACCEPTABLE, "not-acceptable", "The answer is to be had as application/json only."),
            kind(HttpStatus.REQUEST_TIMEOUT, "request-timeout", "The request did not arrive in time."),
            kind(HttpStatus.CONTENT_TOO_LARGE, "body-too-large", "The request's body is too large."),
            kind(HttpStatus.URI_TOO_LONG, "uri-too-long", "The request's address is too long."),
            kind(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body has to be application/json."),
            kind(
                    HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "headers-too-large",
                    "The request's headers are too large."),
            kind(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "internal-error",
                    "Something went wrong on our side. The trace id finds it in the logs."),
            kind(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer now. Try again later."));

    private Problems() {}

    public static ProblemDetail of(HttpStatusCode status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty(CODE, code);
        return problem;
    }

    /** The problem for a status of which nothing more is known. */
    static ProblemDetail ofStatus(HttpStatusCode status) {
        Kind kind = kindOf(status);
        return of(status, kind.code(), kind.detail());
    }

    static ProblemDetail internalError() {
        return ofStatus(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    /** Adds what every problem has, and keeps what is there already. */
    static void complete(ProblemDetail problem, String path, TraceId traceId) {
        Map<String, Object> properties = problem.getProperties();
        if (properties == null || !(properties.get(CODE) instanceof String)) {
            problem.setProperty(
                    CODE, kindOf(HttpStatusCode.valueOf(problem.getStatus())).code());
        }
        if (problem.getType() == null || problem.getType().equals(NO_TYPE)) {
            problem.setType(URI.create(TYPE_PREFIX + codeOf(problem)));
        }
        if (problem.getInstance() == null || problem.getInstance().toString().startsWith("//")) {
            problem.setInstance(uriOf(path));
        }
        problem.setProperty(TraceId.NAME, traceId.value());
    }

    private static Object codeOf(ProblemDetail problem) {
        Map<String, Object> properties = problem.getProperties();
        return properties == null ? "" : properties.getOrDefault(CODE, "");
    }

    private static Kind kindOf(HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        Kind kind = known == null ? null : KINDS.get(known);
        if (kind != null) {
            return kind;
        }
        return status.is5xxServerError()
                ? new Kind("server-error", "The request could not be answered.")
                : new Kind("request-refused", "The request was refused.");
    }

    private static @Nullable URI uriOf(String path) {
        // After two slashes a reader would look for the name of a host.
        String reference = path.startsWith("//") ? "/." + path : path;
        try {
            // As it was sent, and so encoded already.
            return new URI(reference);
        } catch (URISyntaxException e) {
            return quoted(reference);
        }
    }

    private static @Nullable URI quoted(String path) {
        try {
            return new URI(null, null, path, null);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static Map.Entry<HttpStatus, Kind> kind(HttpStatus status, String code, String detail) {
        return Map.entry(status, new Kind(code, detail));
    }

    private record Kind(String code, String detail) {}
}

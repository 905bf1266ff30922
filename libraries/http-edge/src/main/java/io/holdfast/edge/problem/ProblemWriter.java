package io.holdfast.edge.problem;

import io.holdfast.edge.tracing.TraceId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem where no message converter is at hand: in filters, on error pages, and below the servlet. */
public final class ProblemWriter {

    private final JsonMapper json;

    ProblemWriter(JsonMapper json) {
        this.json = json;
    }

    /** Answers with a problem of the given status, code and text; nothing may have been written to the response before. */
    public void write(
            HttpStatusCode status, String code, String detail, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(Problems.of(status, code, detail), request, response);
    }

    void write(ProblemDetail problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(problem, request.getRequestURI(), TraceId.of(request), response);
    }

    void write(ProblemDetail problem, String path, TraceId traceId, HttpServletResponse response) throws IOException {
        byte[] body = toBytes(problem, path, traceId);
        response.setStatus(problem.getStatus());
        response.setHeader(TraceId.RESPONSE_HEADER, traceId.value());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    byte[] toBytes(ProblemDetail problem, String path, TraceId traceId) {
        Problems.complete(problem, path, traceId);
        return json.writeValueAsBytes(problem);
    }
}

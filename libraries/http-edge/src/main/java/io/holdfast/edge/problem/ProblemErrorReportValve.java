package io.holdfast.edge.problem;

import io.holdfast.edge.tracing.TraceId;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;

/** What the server refuses before any servlet sees it, such as a broken request line, in the same form as all the rest. */
final class ProblemErrorReportValve extends ErrorReportValve {

    private static final Logger log = LoggerFactory.getLogger(ProblemErrorReportValve.class);

    private final ProblemWriter problems;

    ProblemErrorReportValve(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        AtomicBoolean writable = new AtomicBoolean();
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
        if (!writable.get()) {
            return;
        }
        String path = request.getRequestURI();
        try {
            problems.write(
                    Problems.ofStatus(HttpStatusCode.valueOf(status)),
                    path == null ? "/" : path,
                    TraceId.of(request),
                    response);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            // The caller is gone, or somebody else is writing: nobody would read it.
            log.debug("An error of status {} was not sent", status, e);
        }
    }
}

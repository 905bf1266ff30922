package io.holdfast.edge.problem;

import io.holdfast.edge.logging.LogText;
import io.holdfast.edge.tracing.TraceId;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** The error page: what failed outside the controllers, in a filter or in the server, is a problem too. */
@Controller
final class ProblemErrorController implements ErrorController {

    private static final Logger log = LoggerFactory.getLogger(ProblemErrorController.class);

    private final ProblemWriter problems;

    ProblemErrorController(ProblemWriter problems) {
        this.problems = problems;
    }

    @RequestMapping("${spring.web.error.path:/error}")
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpStatus status = statusOf(request);
        if (status.is5xxServerError()) {
            log.error(
                    "Failure outside the controllers, at {}",
                    LogText.bounded(String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI))),
                    (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION));
        }
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        problems.write(
                Problems.ofStatus(status),
                path instanceof String failed ? failed : request.getRequestURI(),
                TraceId.of(request),
                response);
    }

    private static HttpStatus statusOf(HttpServletRequest request) {
        if (!(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code)) {
            // Nobody failed: someone asked for the error page itself.
            return HttpStatus.NOT_FOUND;
        }
        HttpStatus status = HttpStatus.resolve(code);
        return status == null || !status.isError() ? HttpStatus.INTERNAL_SERVER_ERROR : status;
    }
}

package io.holdfast.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body that is too large: by its announced length before a byte of it is read, and one of unknown length as soon
 * as it has grown too long. And one that takes too long to arrive: who sends a byte now and then would keep a thread.
 *
 * <p>The server reads a bounded rest of a refused body and closes the connection, so that the caller gets to see the answer.
 */
final class BodyLimitFilter extends OncePerRequestFilter {

    private final EdgeSettings settings;
    private final ProblemWriter problems;

    BodyLimitFilter(EdgeSettings settings, ProblemWriter problems) {
        this.settings = settings;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        DataSize limit = settings.maxBodyAt(path);
        long announced = request.getContentLengthLong();
        if (announced > limit.toBytes()) {
            problems.write(BodyTooLargeException.problem(limit), request, response);
            return;
        }
        chain.doFilter(new BoundedRequest(request, limit, settings.bodyWithin()), response);
    }
}

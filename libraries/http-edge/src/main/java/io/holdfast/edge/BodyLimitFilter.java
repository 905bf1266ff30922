package io.holdfast.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body that is too large as soon as it has grown too long, and one that takes too long to arrive: who sends a byte now and
 * then would keep a thread. One that is announced to be too large is refused by {@link MediaTypeInterceptor}, before a byte of it is read.
 *
 * <p>The server reads a bounded rest of a refused body and closes the connection, so that the caller gets to see the answer.
 */
final class BodyLimitFilter extends OncePerRequestFilter {

    private final EdgeSettings settings;
    private final Semaphore lateBodies;

    /** @param mostLate bodies that keep a thread for longer than a moment */
    BodyLimitFilter(EdgeSettings settings, int mostLate) {
        this.settings = settings;
        this.lateBodies = new Semaphore(mostLate);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        BoundedRequest bounded =
                new BoundedRequest(request, limitAt(request, settings), settings.bodyWithin(), lateBodies);
        try {
            chain.doFilter(bounded, response);
        } finally {
            bounded.leavePlace();
        }
    }

    /** Of the length that was announced; asked when it is known who calls, and what. */
    static void requireSmall(HttpServletRequest request, EdgeSettings settings) throws BodyTooLargeException {
        DataSize limit = limitAt(request, settings);
        if (request.getContentLengthLong() > limit.toBytes()) {
            throw new BodyTooLargeException(limit);
        }
    }

    private static DataSize limitAt(HttpServletRequest request, EdgeSettings settings) {
        return settings.maxBodyAt(
                request.getRequestURI().substring(request.getContextPath().length()));
    }
}

package io.holdfast.edge.body;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body that is too large as soon as it has grown too long, and one that takes too long to arrive: a caller that sends a byte
 * now and then would keep a thread. One that is announced to be too large is refused by {@link BodyLengthInterceptor}, before a byte of it is read.
 *
 * <p>The server reads a bounded rest of a refused body and closes the connection, so that the caller gets to see the answer.
 */
final class BodyLimitFilter extends OncePerRequestFilter {

    private final EdgeProperties properties;
    private final Semaphore lateBodies;

    /** @param maxLate bodies that keep a thread for longer than a moment */
    BodyLimitFilter(EdgeProperties properties, int maxLate) {
        this.properties = properties;
        this.lateBodies = new Semaphore(maxLate);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        BoundedRequest bounded =
                new BoundedRequest(request, properties.maxBodyOf(request), properties.bodyTimeout(), lateBodies);
        try {
            chain.doFilter(bounded, response);
        } finally {
            bounded.releasePermit();
        }
    }
}

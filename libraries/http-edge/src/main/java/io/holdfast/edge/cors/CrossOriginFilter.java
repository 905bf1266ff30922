package io.holdfast.edge.cors;

import io.holdfast.edge.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers a browser that asks whether a page of another origin may call (a preflight), and lets such pages read what they may. A browser
 * asks without a token, so it is answered before the token is looked at.
 */
final class CrossOriginFilter extends OncePerRequestFilter {

    private final CorsConfiguration allowed;
    private final boolean off;
    private final ProblemWriter problems;
    private final Processor processor = new Processor();

    CrossOriginFilter(CorsProperties settings, ProblemWriter problems) {
        this.allowed = settings.toConfiguration();
        this.off = settings.allowedOrigins().isEmpty();
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean preflight = CorsUtils.isPreFlightRequest(request);
        if (off && !preflight) {
            // No page of another origin gets this far unless its browser needs no leave; and then it may not read the
            // answer.
            chain.doFilter(request, response);
        } else if (!processor.processRequest(allowed, request, response)) {
            problems.write(
                    HttpStatus.FORBIDDEN,
                    "cross-origin-refused",
                    "No page of this origin may make this request: see holdfast.edge.cors.",
                    request,
                    response);
        } else if (!preflight) {
            chain.doFilter(request, response);
        }
    }

    private static final class Processor extends DefaultCorsProcessor {

        @Override
        protected void rejectRequest(ServerHttpResponse response) {
            // The filter answers with a problem.
        }
    }
}

package io.holdfast.edge.access;

import io.holdfast.edge.TraceId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes one line for each thing that an operator does: who, what, why, with which result. It stands behind every endpoint, so
 * that no endpoint can forget it. The reason comes in the header {@value #REASON}.
 */
final class AuditFilter extends OncePerRequestFilter {

    static final String REASON = "X-Reason";

    private static final Logger audit = LoggerFactory.getLogger("io.holdfast.audit");
    private static final int LONGEST_REASON = 200;

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Bearer who = Bearer.find().filter(Bearer::operator).orElse(null);
        boolean done = false;
        try {
            chain.doFilter(request, response);
            done = true;
        } finally {
            if (who != null) {
                audit.info(
                        "who={} what=\"{} {}\" reason=\"{}\" status={} request={}",
                        printable(who.subject()),
                        request.getMethod(),
                        printable(request.getRequestURI()),
                        printable(request.getHeader(REASON)),
                        done ? response.getStatus() : "failed",
                        TraceId.of(request).value());
            }
        }
    }

    /** A line break or a quote in a header must not be able to forge a second line. */
    private static String printable(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String bounded = text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
        return bounded.replaceAll("[\\p{Cntrl}\"\\\\]", "?");
    }
}

package io.holdfast.edge.tracing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives each request its trace id: in the logging context while it runs, and in the answer's header. */
final class TraceFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        TraceId traceId = TraceId.ofTraceparent(request.getHeader(TraceId.TRACEPARENT));
        traceId.keepIn(request);
        response.setHeader(TraceId.RESPONSE_HEADER, traceId.value());
        inLoggingContext(traceId, request, response, chain);
    }

    @Override
    protected void doFilterNestedErrorDispatch(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        inLoggingContext(TraceId.of(request), request, response, chain);
    }

    private static void inLoggingContext(
            TraceId traceId, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        MDC.put(TraceId.NAME, traceId.value());
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(TraceId.NAME);
        }
    }
}

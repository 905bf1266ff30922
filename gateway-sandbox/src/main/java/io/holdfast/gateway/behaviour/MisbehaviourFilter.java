package io.holdfast.gateway.behaviour;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.gateway.charge.Issuer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Stands between the callers and the charges, and misbehaves. The charges know nothing of it: they have committed and answered
 * before their answer is held back, lost or replaced.
 *
 * <p>Any call to an operation counts, also one that repeats an idempotency key or is refused for its form.
 */
final class MisbehaviourFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(MisbehaviourFilter.class);
    private static final String TRACE_ID = "X-Trace-Id";

    private final Behaviour behaviour;
    private final HeldCalls heldCalls;
    private final HandlerExceptionResolver problems;

    MisbehaviourFilter(Behaviour behaviour, HeldCalls heldCalls, HandlerExceptionResolver problems) {
        this.behaviour = behaviour;
        this.heldCalls = heldCalls;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        request.setAttribute(Issuer.ATTRIBUTE, Issuer.DECIDES_BY_CARD);
        Optional<Call> call = Call.of(request.getMethod(), request.getServletPath());
        Optional<Rule> met = call.flatMap(behaviour::ruleFor);
        if (met.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        Rule rule = met.get();
        log.debug("Misbehaves: {} at {}", rule.kind(), call.get().operation());
        switch (rule.kind()) {
            case LATE -> {
                ContentCachingResponseWrapper answer = serve(request, response, chain);
                hold(request, response, rule, answer::copyBodyToResponse);
            }
            case EFFECT_THEN_TIMEOUT -> {
                serve(request, response, chain);
                hold(request, response, rule, Hangup.of(request)::now);
            }
            case FAIL_BEFORE -> fail(request, response, rule);
            case FAIL_AFTER -> {
                serve(request, response, chain);
                fail(request, response, rule);
            }
            case DECLINE -> {
                request.setAttribute(Issuer.ATTRIBUTE, Issuer.DECLINES);
                chain.doFilter(request, response);
            }
            case UNREACHABLE -> Hangup.of(request).now();
        }
    }

    /** Lets the call take effect and catches the answer on its way out. */
    private static ContentCachingResponseWrapper serve(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        chain.doFilter(request, answer);
        return answer;
    }

    private void hold(HttpServletRequest request, HttpServletResponse response, Rule rule, HeldCalls.Ending ending) {
        int delay = Objects.requireNonNull(rule.delayMillis());
        if (heldCalls.hold(request, response, delay, ending) == HeldCalls.Place.NONE_LEFT) {
            Hangup.of(request).now();
        }
    }

    private void fail(HttpServletRequest request, HttpServletResponse response, Rule rule) {
        String traceId = response.getHeader(TRACE_ID);
        // The answer that is lost has left its headers.
        response.reset();
        if (traceId != null) {
            response.setHeader(TRACE_ID, traceId);
        }
        HttpStatus status = HttpStatus.valueOf(Objects.requireNonNull(rule.status()));
        ProblemException failure = new ProblemException(
                status, "gateway-failure", "The gateway failed. The request may have taken effect.");
        // Without a handler: it is answered as if a controller had thrown it.
        if (problems.resolveException(request, response, null, failure) == null) {
            throw new IllegalStateException("nobody made a problem of a failure that was asked for");
        }
    }
}

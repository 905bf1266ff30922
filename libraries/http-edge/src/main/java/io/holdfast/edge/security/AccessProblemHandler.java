package io.holdfast.edge.security;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.logging.RefusalLog;
import io.holdfast.edge.problem.ProblemWriter;
import io.holdfast.edge.token.TokenVerification;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Answers 401 and 403 as problems. The reason why a token is invalid goes to the log only: it would help an attacker. */
final class AccessProblemHandler implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final ProblemWriter problems;
    private final AccessRules rules;
    private final RefusalLog refusals;

    AccessProblemHandler(ProblemWriter problems, AccessRules rules, RefusalLog refusals) {
        this.refusals = refusals;
        this.problems = problems;
        this.rules = rules;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
            throws IOException {
        if (refused instanceof AuthenticationServiceException) {
            // The issuer's keys cannot be read: that says nothing about the token.
            refusals.refused(HttpStatus.SERVICE_UNAVAILABLE, request, "tokens cannot be checked, " + rootOf(refused));
            response.setHeader(
                    HttpHeaders.RETRY_AFTER, Long.toString(TokenVerification.ISSUER_RETRY_AFTER.toSeconds()));
            problems.write(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Tokens cannot be checked now. Try again later.",
                    request,
                    response);
            return;
        }
        refusals.refused(HttpStatus.UNAUTHORIZED, request, String.valueOf(refused.getMessage()));
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        problems.write(
                HttpStatus.UNAUTHORIZED,
                "unauthenticated",
                "A valid token is needed: Authorization: Bearer ...",
                request,
                response);
    }

    /** A path that no rule names does not exist, neither for callers with rights nor for others. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException refused)
            throws IOException {
        refusals.refused(HttpStatus.FORBIDDEN, request, "not for this caller");
        Set<HttpMethod> allowed = rules.methodsAt(request.getRequestURI());
        if (allowed.isEmpty() && !isForOperators(request)) {
            problems.write(HttpStatus.NOT_FOUND, "not-found", "There is nothing here.", request, response);
        } else if (!allowed.isEmpty() && !allowed.contains(HttpMethod.valueOf(request.getMethod()))) {
            response.setHeader(
                    HttpHeaders.ALLOW, allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
            problems.write(
                    HttpStatus.METHOD_NOT_ALLOWED,
                    "method-not-allowed",
                    "This method is not known here.",
                    request,
                    response);
        } else {
            problems.write(HttpStatus.FORBIDDEN, "forbidden", "The caller may not do this.", request, response);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        return Objects.requireNonNullElse(NestedExceptionUtils.getRootCause(failure), failure);
    }

    private static boolean isForOperators(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/actuator");
    }
}

package io.holdfast.edge.audit;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.audit.AuditedAction.Effect;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemWriter;
import io.holdfast.edge.tracing.TraceId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Stands before every endpoint, so that no endpoint can forget the audit. Whatever an operator may do begins here with a reason, or is
 * refused before any effect; the action is bound to the request, and {@link AuditedDataSource} writes its entry in the transaction of the
 * change. An operator's read of personal data, and an action that changed nothing, are entered before the answer is given. Each
 * change has a line in the log, too.
 */
public final class AuditFilter extends OncePerRequestFilter {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Logger log = LoggerFactory.getLogger(AuditFilter.class);

    private final AccessRules rules;
    private final @Nullable AuditLog entries;
    private final ProblemWriter problems;

    /** @param entries absent in a service without a table for them */
    public AuditFilter(AccessRules rules, @Nullable AuditLog entries, ProblemWriter problems) {
        this.rules = rules;
        this.entries = entries;
        this.problems = problems;
    }

    static boolean isSafe(String method) {
        return SAFE.contains(method);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return isSafe(request.getMethod()) && !rules.readsPersonalData(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        AuthenticatedCaller who =
                AuthenticatedCaller.find().filter(AuthenticatedCaller::operator).orElse(null);
        if (who == null) {
            chain.doFilter(request, response);
            return;
        }
        boolean changes = !isSafe(request.getMethod());
        List<String> reasons = Collections.list(request.getHeaders(Reason.HEADER));
        if (changes && reasons.isEmpty()) {
            refuse(
                    "reason-missing",
                    "An operator gives a reason for each change, in the header X-Reason.",
                    request,
                    response);
            return;
        }
        if (who.subject().length() > AuditResource.MAX_WHO) {
            refuse("subject-too-long", "The token's subject is too long to be kept in the audit.", request, response);
            return;
        }
        String reason;
        try {
            if (reasons.size() > 1) {
                throw new IllegalArgumentException("must be given once");
            }
            reason = reasons.isEmpty() ? null : Reason.of(reasons.get(0)).text();
        } catch (IllegalArgumentException e) {
            refuse("reason-invalid", "The header X-Reason " + e.getMessage() + ".", request, response);
            return;
        }
        AuditedAction action = new AuditedAction(new AuditedAction.Request(
                who.subject(),
                changes,
                request.getMethod(),
                targetOf(request),
                keyOf(request),
                reason,
                TraceId.of(request).value()));
        action.bindTo(request);
        carryOut(action, request, response, chain);
    }

    private void carryOut(
            AuditedAction action, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        AuditedResponse answer = new AuditedResponse(response, () -> enterIfMissing(action));
        boolean done = false;
        try {
            chain.doFilter(request, answer);
            giveWhatHasNoBody(answer, request);
            done = true;
        } finally {
            if (action.request().changes()) {
                AuditLine.write(action.request(), done ? Integer.toString(response.getStatus()) : "failed");
            }
        }
    }

    private void giveWhatHasNoBody(AuditedResponse answer, HttpServletRequest request) throws IOException {
        try {
            answer.beforeItIsGiven();
        } catch (RuntimeException e) {
            if (answer.isCommitted()) {
                throw e;
            }
            log.error("An action of an operator could not be entered into the audit", e);
            answer.reset();
            problems.write(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The audit cannot be written now. Try again later.",
                    request,
                    answer);
        }
    }

    private void enterIfMissing(AuditedAction action) {
        if (entries != null && !action.isRecorded()) {
            entries.addAlone(action, action.request().changes() ? Effect.UNCHANGED : Effect.READ);
        }
    }

    private void refuse(String code, String why, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.write(HttpStatus.BAD_REQUEST, code, why + " Nothing was done.", request, response);
    }

    private static String targetOf(HttpServletRequest request) {
        return request.getQueryString() == null
                ? request.getRequestURI()
                : request.getRequestURI() + "?" + request.getQueryString();
    }

    /** An invalid one is refused by the handlers that need it, and ignored by others. */
    private static @Nullable String keyOf(HttpServletRequest request) {
        try {
            String key = request.getHeader(IdempotencyKey.HEADER);
            return key == null ? null : new IdempotencyKey(key).value();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

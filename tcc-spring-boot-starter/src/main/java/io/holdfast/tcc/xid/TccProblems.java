package io.holdfast.tcc.xid;

import io.holdfast.tcc.TryRefusedException;
import java.net.URI;
import java.util.Locale;
import org.apache.seata.common.exception.FrameworkException;
import org.apache.seata.core.exception.TransactionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers a refused Try with an RFC 9457 problem: true status code, stable code, nothing reserved. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
public class TccProblems {

    private static final Logger log = LoggerFactory.getLogger(TccProblems.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tryRefused(TryRefusedException refused) {
        HttpStatus status = statusOf(refused);
        if (status.is5xxServerError()) {
            log.error("{}", refused.getMessage());
        }
        return problem(status, refused.code(), refused.getMessage());
    }

    private static HttpStatus statusOf(TryRefusedException refused) {
        if (refused instanceof TryRefusedException.NoGlobalTransaction
                || refused instanceof TryRefusedException.ContextValueMissing) {
            return HttpStatus.BAD_REQUEST;
        }
        if (refused instanceof TryRefusedException.ContextTooLarge) {
            return HttpStatus.UNPROCESSABLE_CONTENT;
        }
        return refused instanceof TryRefusedException.OtherDatabase
                ? HttpStatus.INTERNAL_SERVER_ERROR
                : HttpStatus.CONFLICT;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> malformedXid(MalformedXidException malformed) {
        return problem(HttpStatus.BAD_REQUEST, "malformed-xid", malformed.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> xidNotAccepted(XidNotAcceptedException refused) {
        log.warn("{}", refused.getMessage());
        return problem(HttpStatus.FORBIDDEN, "xid-not-accepted", "Only a service may name a global transaction.");
    }

    /** The coordinator did not register the branch, so the Try was not run. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> branchNotRegistered(FrameworkException failure) {
        if (failure.getCause() instanceof TransactionException refusal) {
            switch (refusal.getCode()) {
                case GlobalTransactionNotExist,
                        GlobalTransactionNotActive,
                        GlobalTransactionStatusInvalid,
                        BranchTransactionNotExist,
                        TransactionTimeout -> {
                    log.warn("No branch registered: {}", refusal.getMessage());
                    return problem(
                            HttpStatus.CONFLICT,
                            "global-transaction-not-active",
                            "The coordinator knows no running global transaction with this xid; nothing was reserved");
                }
                default -> {}
            }
            // Seata's own bound, if it is switched on, and its argument for a branch that makes no sense.
            if (refusal.getCause() instanceof IllegalArgumentException) {
                log.warn("No branch registered: {}", refusal.getCause().getMessage());
                return problem(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "branch-not-accepted",
                        "The branch cannot be registered, now or later; nothing was reserved");
            }
        }
        log.error("The coordinator did not register a branch", failure);
        return problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "coordinator-unavailable",
                "The coordinator did not answer; nothing was reserved");
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String code, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:holdfast:problem:" + code.toLowerCase(Locale.ROOT)));
        problem.setProperty("code", code);
        String traceId = MDC.get("traceId");
        if (traceId != null) {
            problem.setProperty("traceId", traceId);
        }
        return ResponseEntity.status(status).body(problem);
    }
}

package io.holdfast.edge.problem;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.logging.LogText;
import jakarta.validation.ConstraintViolationException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.ObjectError;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Turns whatever a controller throws into a problem.
 *
 * <p>It comes last, so that any other advice may answer its own exceptions better.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ProblemExceptionHandler extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemExceptionHandler.class);

    private static final String INVALID_REQUEST = "invalid-request";
    private static final int MAX_ERRORS = 20;
    private static final int MAX_CAUSES = 10;

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> handleAny(Exception failure, WebRequest request) {
        ProblemException expected = causeOf(failure, ProblemException.class);
        if (expected != null) {
            return ProblemAnswer.of(expected);
        }
        ProblemSource source = causeOf(failure, ProblemSource.class);
        if (source != null) {
            return ProblemAnswer.of(source.toProblem(), new HttpHeaders());
        }
        if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
            log.debug("The caller went away: {}", failure.toString());
            return null;
        }
        log.error("Unexpected failure of {}", LogText.bounded(request.getDescription(false)), failure);
        return ProblemAnswer.of(Problems.internalError(), new HttpHeaders());
    }

    @ExceptionHandler
    ResponseEntity<Object> handleViolations(ConstraintViolationException failure) {
        return invalid(failure.getConstraintViolations().stream()
                .map(violation -> new FieldError(String.valueOf(violation.getPropertyPath()), violation.getMessage())));
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return invalid(failure.getBindingResult().getAllErrors().stream().map(ProblemExceptionHandler::fieldError));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError()) {
            // The answer broke the rules, not the request.
            return handleAny(failure, request);
        }
        Stream<FieldError> ofBeans = failure.getBeanResults().stream()
                .flatMap(result -> result.getAllErrors().stream())
                .map(ProblemExceptionHandler::fieldError);
        Stream<FieldError> ofValues = failure.getValueResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> new FieldError(
                                String.valueOf(result.getMethodParameter().getParameterName()),
                                String.valueOf(error.getDefaultMessage()))));
        return invalid(Stream.concat(ofBeans, ofValues));
    }

    @Override
    protected ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return invalid(Stream.of(new FieldError(failure.getParameterName(), "is missing")));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleServletRequestBindingException(
            ServletRequestBindingException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (!(failure instanceof MissingRequestHeaderException missing)) {
            return handleExceptionInternal(failure, null, headers, status, request);
        }
        if (missing.getHeaderName().equalsIgnoreCase(IdempotencyKey.HEADER)) {
            return ProblemAnswer.of(
                    Problems.of(
                            HttpStatus.BAD_REQUEST,
                            "idempotency-key-missing",
                            "The header Idempotency-Key is missing; it makes sending the request again harmless."),
                    new HttpHeaders());
        }
        return invalid(Stream.of(new FieldError(missing.getHeaderName(), "is missing")));
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (IdempotencyKey.class.equals(failure.getRequiredType())) {
            return ProblemAnswer.of(
                    Problems.of(
                            HttpStatus.BAD_REQUEST,
                            "idempotency-key-invalid",
                            "The header Idempotency-Key must be given once, with 1 to " + IdempotencyKey.MAX_LENGTH
                                    + " visible ASCII characters."),
                    new HttpHeaders());
        }
        String name = failure instanceof MethodArgumentTypeMismatchException ofArgument
                ? ofArgument.getName()
                : String.valueOf(failure.getPropertyName());
        return invalid(Stream.of(new FieldError(name, RefusedValue.messageOf(failure, failure.getRequiredType()))));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return failure instanceof ProblemSource source
                ? ProblemAnswer.of(source.toProblem(), headers)
                : handleExceptionInternal(failure, null, headers, status, request);
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (causeOf(failure, SocketTimeoutException.class) != null) {
            // What is left of the body would be taken for the next request.
            HttpHeaders closing = new HttpHeaders();
            closing.setConnection("close");
            return ProblemAnswer.of(Problems.ofStatus(HttpStatus.REQUEST_TIMEOUT), closing);
        }
        ProblemSource source = causeOf(failure, ProblemSource.class);
        return ProblemAnswer.of(
                source == null ? UnreadableBody.problem(failure.getCause()) : source.toProblem(), new HttpHeaders());
    }

    /** Where all other errors of the framework come by; their own texts are not passed on, they may name classes. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception failure, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError()) {
            log.error("Failure of {}", LogText.bounded(request.getDescription(false)), failure);
        }
        return ProblemAnswer.of(Problems.ofStatus(status), headers);
    }

    private static ResponseEntity<Object> invalid(Stream<FieldError> errors) {
        // One call may carry thousands of lines, all of them wrong.
        List<FieldError> first = errors.limit(MAX_ERRORS).toList();
        ProblemDetail problem =
                Problems.of(HttpStatus.BAD_REQUEST, INVALID_REQUEST, "The request does not have the described form.");
        problem.setProperty("errors", first);
        return ProblemAnswer.of(problem, new HttpHeaders());
    }

    private static FieldError fieldError(ObjectError error) {
        String field = error instanceof org.springframework.validation.FieldError ofField
                ? ofField.getField()
                : error.getObjectName();
        return new FieldError(field, String.valueOf(error.getDefaultMessage()));
    }

    private static <T> @Nullable T causeOf(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}

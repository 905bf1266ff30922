package io.holdfast.edge.problem;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** A query that the server cannot decode, or that has too many parameters: a fault of the caller, found when a parameter is first read. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE - 1)
final class InvalidParametersHandler {

    @ExceptionHandler
    ResponseEntity<Object> refused(InvalidParameterException failure) {
        HttpStatus status = HttpStatus.resolve(failure.getErrorCode());
        return ProblemAnswer.of(
                Problems.ofStatus(status == null || !status.is4xxClientError() ? HttpStatus.BAD_REQUEST : status),
                new HttpHeaders());
    }
}

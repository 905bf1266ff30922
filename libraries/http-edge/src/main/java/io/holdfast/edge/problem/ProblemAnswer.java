package io.holdfast.edge.problem;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * A problem as a controller's answer.
 *
 * <p>A controller may just throw a {@link ProblemException}. One that refuses thousands a second returns this instead: it is
 * the same answer, and the framework neither wraps an exception nor looks for its handler.
 */
public final class ProblemAnswer {

    private static final Logger log = LoggerFactory.getLogger(ProblemAnswer.class);

    private ProblemAnswer() {}

    public static ResponseEntity<Object> of(ProblemException expected) {
        if (expected.status().is5xxServerError()) {
            log.warn("Answered with a problem: {}", expected.getMessage());
        }
        ProblemDetail problem = Problems.of(expected.status(), expected.code(), expected.detail());
        expected.properties().forEach(problem::setProperty);
        return of(problem, new HttpHeaders());
    }

    static ResponseEntity<Object> of(ProblemDetail problem, HttpHeaders headers) {
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        all.setCacheControl("no-store");
        // Also for a caller that accepts something else: no answer is worse than one in JSON.
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return new ResponseEntity<>(problem, all, problem.getStatus());
    }
}

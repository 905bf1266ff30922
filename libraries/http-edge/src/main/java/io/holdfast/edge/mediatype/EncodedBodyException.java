package io.holdfast.edge.mediatype;

import io.holdfast.edge.problem.ProblemSource;
import io.holdfast.edge.problem.Problems;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/** A body is compressed, or encoded in some other way: RFC 7694. */
final class EncodedBodyException extends HttpMediaTypeNotSupportedException implements ProblemSource {

    private static final long serialVersionUID = 1L;

    EncodedBodyException() {
        super("The body has a content encoding");
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
        return headers;
    }

    @Override
    public ProblemDetail toProblem() {
        return Problems.of(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body has to be sent as it is: no Content-Encoding is taken.");
    }
}

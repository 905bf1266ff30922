package io.holdfast.edge;

import org.springframework.http.HttpHeaders;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/** A body is compressed, or encoded in some other way: RFC 7694. */
final class EncodedBodyException extends HttpMediaTypeNotSupportedException {

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
}

package io.holdfast.edge.body;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.util.unit.DataSize;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses a body that is announced to be too large before a byte of it is read, when it is known who calls, and what. */
final class BodyLengthInterceptor implements HandlerInterceptor {

    private final EdgeProperties properties;

    BodyLengthInterceptor(EdgeProperties properties) {
        this.properties = properties;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws BodyTooLargeException {
        // An error is answered whatever was sent.
        if (handler instanceof HandlerMethod && request.getDispatcherType() == DispatcherType.REQUEST) {
            DataSize limit = properties.maxBodyOf(request);
            if (request.getContentLengthLong() > limit.toBytes()) {
                throw new BodyTooLargeException(limit);
            }
        }
        return true;
    }
}

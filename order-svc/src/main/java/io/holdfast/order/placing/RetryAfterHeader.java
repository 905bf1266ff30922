package io.holdfast.order.placing;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Says in the header, where HTTP clients look for it, when a problem is worth another try. */
@RestControllerAdvice
public class RetryAfterHeader implements ResponseBodyAdvice<Object> {

    /** Member of a problem that is worth another try, in seconds. */
    public static final String MEMBER = "retryAfterSeconds";

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        // Handlers of exceptions answer with ResponseEntity<Object>: only the body itself can tell.
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType selectedContentType,
            Class<? extends HttpMessageConverter<?>> selectedConverterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof ProblemDetail problem) {
            Map<String, Object> properties = problem.getProperties();
            Object seconds = properties == null ? null : properties.get(MEMBER);
            if (seconds != null) {
                response.getHeaders().set(HttpHeaders.RETRY_AFTER, seconds.toString());
            }
        }
        return body;
    }
}

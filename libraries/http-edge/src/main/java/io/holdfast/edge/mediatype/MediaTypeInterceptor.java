package io.holdfast.edge.mediatype;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * One media type in and one out, whatever converters libraries bring: {@code application/json}, in UTF-8, not compressed. What is not
 * that, or could not be answered, is refused before a handler is called and so before it has done anything.
 *
 * <p>A handler that produces or consumes something else says so in its mapping.
 */
final class MediaTypeInterceptor implements HandlerInterceptor {

    private static final List<MediaType> JSON = List.of(MediaType.APPLICATION_JSON);
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws HttpMediaTypeNotAcceptableException, HttpMediaTypeNotSupportedException {
        // An error is answered whatever was asked for.
        if (handler instanceof HandlerMethod method && request.getDispatcherType() == DispatcherType.REQUEST) {
            requireAcceptable(request, method);
            if (EncodedBodyInterceptor.hasBody(request)) {
                EncodedBodyInterceptor.requirePlain(request);
                if (consumes(method).length == 0) {
                    requireJson(request);
                }
            }
        }
        return true;
    }

    private static void requireAcceptable(HttpServletRequest request, HandlerMethod method)
            throws HttpMediaTypeNotAcceptableException {
        if (!(request.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE) instanceof Set<?> produced)) {
            // Or the framework would choose among all types of all converters.
            request.setAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, Set.of(MediaType.APPLICATION_JSON));
            if (!redirects(request, method) && !AcceptHeader.of(request).accepts(MediaType.APPLICATION_JSON)) {
                throw new HttpMediaTypeNotAcceptableException(JSON);
            }
            return;
        }
        AcceptHeader accepted = AcceptHeader.of(request);
        if (produced.stream().map(MediaType.class::cast).noneMatch(accepted::accepts)) {
            throw new HttpMediaTypeNotAcceptableException(
                    produced.stream().map(MediaType.class::cast).toList());
        }
    }

    /** A page that only leads to another one is asked for by browsers, which accept no JSON. */
    private static boolean redirects(HttpServletRequest request, HandlerMethod method) {
        ResolvableType answer = ResolvableType.forMethodReturnType(method.getMethod());
        Class<?> body = answer.hasGenerics() ? answer.getGeneric(0).resolve() : answer.resolve();
        return SAFE.contains(request.getMethod()) && (body == Void.class || body == void.class);
    }

    private static String[] consumes(HandlerMethod method) {
        RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class);
        return mapping == null ? new String[0] : mapping.consumes();
    }

    private static void requireJson(HttpServletRequest request) throws HttpMediaTypeNotSupportedException {
        List<String> given = Collections.list(request.getHeaders(HttpHeaders.CONTENT_TYPE));
        if (given.size() != 1 || !isJsonInUtf8(given.get(0))) {
            throw new HttpMediaTypeNotSupportedException("Not " + MediaType.APPLICATION_JSON_VALUE, JSON);
        }
    }

    private static boolean isJsonInUtf8(String contentType) {
        try {
            MediaType type = MediaType.parseMediaType(contentType);
            return MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)
                    && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}

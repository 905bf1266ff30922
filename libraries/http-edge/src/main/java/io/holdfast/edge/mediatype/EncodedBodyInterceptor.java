package io.holdfast.edge.mediatype;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses a body with a content encoding: what it says, and how large it is, cannot be seen from outside. */
final class EncodedBodyInterceptor implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws EncodedBodyException {
        if (hasBody(request)) {
            requirePlain(request);
        }
        return true;
    }

    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    static void requirePlain(HttpServletRequest request) throws EncodedBodyException {
        List<String> encodings = Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING));
        if (!encodings.stream().allMatch(encoding -> encoding.isBlank() || encoding.equalsIgnoreCase("identity"))) {
            throw new EncodedBodyException();
        }
    }
}

package io.holdfast.edge.token;

import feign.RequestInterceptor;
import feign.RequestTemplate;
import org.springframework.http.HttpHeaders;

/** Proves this service to the one that a Feign client calls. The client's name is the audience of the token. */
public final class ServiceTokenFeignInterceptor implements RequestInterceptor {

    private final ServiceTokens tokens;

    public ServiceTokenFeignInterceptor(ServiceTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void apply(RequestTemplate request) {
        request.removeHeader(HttpHeaders.AUTHORIZATION);
        request.header(
                HttpHeaders.AUTHORIZATION,
                "Bearer " + tokens.tokenFor(request.feignTarget().name()));
    }
}

package io.holdfast.edge.tracing;

import feign.RequestInterceptor;
import feign.RequestTemplate;
import org.slf4j.MDC;

/** Carries the trace of the request that is being answered to the services that are asked for it. */
final class TraceparentFeignInterceptor implements RequestInterceptor {

    @Override
    public void apply(RequestTemplate template) {
        String traceId = MDC.get(TraceId.NAME);
        if (traceId != null && !template.headers().containsKey(TraceId.TRACEPARENT)) {
            template.header(TraceId.TRACEPARENT, TraceId.traceparent(traceId));
        }
    }
}

package io.holdfast.edge.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import feign.RequestTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TraceparentFeignInterceptorTest {

    @AfterEach
    void leaveNoTrace() {
        MDC.remove(TraceId.NAME);
    }

    @Test
    void aCallToAnotherServiceCarriesTheTrace() {
        MDC.put(TraceId.NAME, "4bf92f3577b34da6a3ce929d0e0e4736");
        RequestTemplate call = new RequestTemplate();

        new TraceparentFeignInterceptor().apply(call);

        assertThat(call.headers().get("traceparent")).singleElement().satisfies(header -> {
            assertThat(header).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
            assertThat(TraceId.ofTraceparent(header).value()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        });
    }

    @Test
    void aCallOutsideAnyRequestCarriesNoTrace() {
        RequestTemplate call = new RequestTemplate();

        new TraceparentFeignInterceptor().apply(call);

        assertThat(call.headers()).doesNotContainKey("traceparent");
    }
}

package io.holdfast.edge.tracing;

import feign.RequestInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Gives each request a trace id, and passes it on to the services that are called for it. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Import(TraceFilterConfiguration.class)
class TracingAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestInterceptor.class)
    static class OverFeign {

        @Bean
        TraceparentFeignInterceptor traceparentFeignInterceptor() {
            return new TraceparentFeignInterceptor();
        }
    }
}

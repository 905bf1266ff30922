package io.holdfast.edge.mediatype;

import io.holdfast.edge.endpoint.EndpointInterceptorRegistrar;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The encoding of bodies that are sent to actuator endpoints. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ExposableWebEndpoint.class)
class EncodedBodyEndpointConfiguration {

    @Bean
    static EndpointInterceptorRegistrar endpointBodyEncoding() {
        return new EndpointInterceptorRegistrar(() -> new EncodedBodyInterceptor());
    }
}

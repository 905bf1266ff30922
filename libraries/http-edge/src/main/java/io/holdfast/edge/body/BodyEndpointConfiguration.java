package io.holdfast.edge.body;

import io.holdfast.edge.endpoint.EndpointInterceptorRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The length of bodies that are sent to actuator endpoints. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ExposableWebEndpoint.class)
class BodyEndpointConfiguration {

    @Bean
    static EndpointInterceptorRegistrar endpointBodyLength(ObjectProvider<EdgeProperties> properties) {
        return new EndpointInterceptorRegistrar(() -> new BodyLengthInterceptor(properties.getObject()));
    }
}

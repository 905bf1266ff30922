package io.holdfast.edge.openapi;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** Describes what the edge adds to every operation, in a service that describes its API. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(GlobalOpenApiCustomizer.class)
class OpenApiAutoConfiguration {

    @Bean
    static LazySpringdoc lazySpringdoc() {
        return new LazySpringdoc();
    }

    @Bean
    EdgeOpenApiCustomizer edgeOpenApiCustomizer() {
        return new EdgeOpenApiCustomizer();
    }
}

package io.holdfast.edge.body;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Bounds what the body of a request may cost: its size, and the time and threads that it takes. */
@AutoConfiguration(before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(EdgeProperties.class)
@Import({BodyLimitConfiguration.class, BodyEndpointConfiguration.class})
class BodyAutoConfiguration {

    /** Behind the interceptor of the media types. */
    private static final int LENGTH_INTERCEPTOR_ORDER = Ordered.HIGHEST_PRECEDENCE + 1;

    @Bean
    WebMvcConfigurer bodyLength(EdgeProperties properties) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new BodyLengthInterceptor(properties)).order(LENGTH_INTERCEPTOR_ORDER);
            }
        };
    }
}

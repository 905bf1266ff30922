package io.holdfast.edge.cors;

import io.holdfast.edge.problem.ProblemWriter;
import jakarta.servlet.DispatcherType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Lets pages of other origins call, as far as {@code holdfast.edge.cors} allows it. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(CorsProperties.class)
class CorsAutoConfiguration {

    /** Behind the limits of bodies, and before anybody asks for a token. */
    private static final int CROSS_ORIGIN_FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 12;

    @Bean
    FilterRegistrationBean<CrossOriginFilter> crossOriginFilter(CorsProperties properties, ProblemWriter problems) {
        FilterRegistrationBean<CrossOriginFilter> registration =
                new FilterRegistrationBean<>(new CrossOriginFilter(properties, problems));
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(CROSS_ORIGIN_FILTER_ORDER);
        return registration;
    }
}

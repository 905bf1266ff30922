package io.holdfast.edge.body;

import jakarta.servlet.DispatcherType;
import org.apache.catalina.core.StandardHost;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The limits of one port. Each port of the application has its own, so that late bodies on one take no thread of another. */
@Configuration(proxyBeanMethods = false)
class BodyLimitConfiguration {

    private static final int BODY_FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    /** Of the server's threads, one in so many may be kept by a body that is late. */
    private static final int THREADS_PER_BODY_READ = 4;

    /** And one in so many by the rest of a body that nobody wants. */
    private static final int THREADS_PER_LATE_BODY = 16;

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(
            EdgeProperties properties, @Value("${server.tomcat.threads.max:200}") int threads) {
        FilterRegistrationBean<BodyLimitFilter> registration = new FilterRegistrationBean<>(
                new BodyLimitFilter(properties, Math.max(1, threads / THREADS_PER_BODY_READ)));
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(BODY_FILTER_ORDER);
        return registration;
    }

    @Bean
    FilterRegistrationBean<UnflushedResponseFilter> unflushedResponseFilter() {
        FilterRegistrationBean<UnflushedResponseFilter> registration =
                new FilterRegistrationBean<>(new UnflushedResponseFilter());
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(BODY_FILTER_ORDER + 1);
        return registration;
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TomcatServletWebServerFactory.class)
    static class OnTomcat {

        /** The valve comes before the one that reports errors, and so stands outside: it looks at what all others have left. */
        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE - 1)
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodyLimitsOfTomcat(
                EdgeProperties properties, @Value("${server.tomcat.threads.max:200}") int threads) {
            return factory -> {
                // Form fields are read by the server itself, behind the back of the body limit.
                factory.addConnectorCustomizers(connector ->
                        connector.setMaxPostSize((int) properties.maxBody().toBytes()));
                factory.addContextCustomizers(context -> {
                    if (context.getParent() instanceof StandardHost host) {
                        host.getPipeline().addValve(new UnreadBodyValve(Math.max(1, threads / THREADS_PER_LATE_BODY)));
                    }
                });
            };
        }
    }
}

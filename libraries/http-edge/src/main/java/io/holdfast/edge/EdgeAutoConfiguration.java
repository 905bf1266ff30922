package io.holdfast.edge;

import feign.RequestInterceptor;
import jakarta.servlet.DispatcherType;
import org.apache.catalina.core.StandardHost;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.converter.Converter;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.ResourceRegionHttpMessageConverter;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** Puts the edge in front of every servlet application that has this library. */
@AutoConfiguration(
        after = JacksonAutoConfiguration.class,
        before = {WebMvcAutoConfiguration.class, ErrorMvcAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties({EdgeSettings.class, CorsSettings.class})
class EdgeAutoConfiguration {

    private static final int TRACE_FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE;
    private static final int BODY_FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;
    private static final int ONE_PIECE_FILTER_ORDER = BODY_FILTER_ORDER + 1;
    /** Before anybody asks for a token. */
    private static final int CROSS_ORIGIN_FILTER_ORDER = BODY_FILTER_ORDER + 2;

    /** Of the server's threads, one in so many may be kept by a body that is late. */
    private static final int THREADS_PER_BODY_READ = 4;

    /** And one in so many by the rest of a body that nobody wants. */
    private static final int THREADS_PER_LATE_BODY = 16;

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    FilterRegistrationBean<TraceFilter> traceFilter() {
        FilterRegistrationBean<TraceFilter> registration = new FilterRegistrationBean<>(new TraceFilter());
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
        registration.setOrder(TRACE_FILTER_ORDER);
        return registration;
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(
            EdgeSettings settings, @Value("${server.tomcat.threads.max:200}") int threads) {
        FilterRegistrationBean<BodyLimitFilter> registration = new FilterRegistrationBean<>(
                new BodyLimitFilter(settings, Math.max(1, threads / THREADS_PER_BODY_READ)));
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(BODY_FILTER_ORDER);
        return registration;
    }

    @Bean
    FilterRegistrationBean<OnePieceFilter> onePieceFilter() {
        FilterRegistrationBean<OnePieceFilter> registration = new FilterRegistrationBean<>(new OnePieceFilter());
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(ONE_PIECE_FILTER_ORDER);
        return registration;
    }

    @Bean
    FilterRegistrationBean<CrossOriginFilter> crossOriginFilter(CorsSettings settings, ProblemWriter problems) {
        FilterRegistrationBean<CrossOriginFilter> registration =
                new FilterRegistrationBean<>(new CrossOriginFilter(settings, problems));
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(CROSS_ORIGIN_FILTER_ORDER);
        return registration;
    }

    @Bean
    EdgeExceptionHandler edgeExceptionHandler() {
        return new EdgeExceptionHandler();
    }

    @Bean
    ProblemCompletion problemCompletion() {
        return new ProblemCompletion();
    }

    @Bean
    @ConditionalOnMissingBean(ErrorController.class)
    ProblemErrorController problemErrorController(ProblemWriter problems) {
        return new ProblemErrorController(problems);
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    ServerHttpMessageConvertersCustomizer strictJsonForRequests(
            EdgeSettings settings, ObjectProvider<JsonMapperBuilderCustomizer> customizers) {
        JsonMapper strict =
                StrictJson.mapper(settings, customizers.orderedStream().toList());
        JacksonJsonHttpMessageConverter json = new JacksonJsonHttpMessageConverter(strict);
        return converters -> converters
                .withJsonConverter(json)
                .configureMessageConvertersList(all -> all.removeIf(other -> other != json && !isForText(other)));
    }

    /** What carries a text, a file or bytes as they are, and so is no way around strict JSON. Any other may come with any library. */
    private static boolean isForText(HttpMessageConverter<?> converter) {
        return converter instanceof ByteArrayHttpMessageConverter
                || converter instanceof StringHttpMessageConverter
                || converter instanceof ResourceHttpMessageConverter
                || converter instanceof ResourceRegionHttpMessageConverter;
    }

    @Bean
    WebMvcConfigurer mediaTypes(EdgeSettings settings) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new MediaTypeInterceptor(settings)).order(Ordered.HIGHEST_PRECEDENCE);
            }
        };
    }

    @Bean
    WebMvcConfigurer idempotencyKeyConversion() {
        return new WebMvcConfigurer() {
            @Override
            public void addFormatters(FormatterRegistry registry) {
                registry.addConverter(String.class, IdempotencyKey.class, IdempotencyKey::new);
                registry.addConverter(new OneIdempotencyKey());
            }
        };
    }

    /** A request with two keys is refused: which of them is meant is not ours to choose. */
    private static final class OneIdempotencyKey implements Converter<String[], IdempotencyKey> {
        @Override
        public IdempotencyKey convert(String[] values) {
            if (values.length != 1) {
                throw new IllegalArgumentException("must be given once");
            }
            return new IdempotencyKey(values[0]);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TomcatServletWebServerFactory.class)
    static class OnTomcat {

        @Bean
        BrokenParameters brokenParameters() {
            return new BrokenParameters();
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcat(
                ProblemWriter problems, EdgeSettings settings, @Value("${server.tomcat.threads.max:200}") int threads) {
            return factory -> {
                // Form fields are read by the server itself, behind the back of the body limit.
                factory.addConnectorCustomizers(connector ->
                        connector.setMaxPostSize((int) settings.maxBody().toBytes()));
                factory.addContextCustomizers(context -> {
                    if (context.getParent() instanceof StandardHost host) {
                        host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
                        // The first stands outside: it looks at what all others have left.
                        host.getPipeline().addValve(new UnreadBodyValve(Math.max(1, threads / THREADS_PER_LATE_BODY)));
                        host.getPipeline().addValve(new ProblemErrorReportValve(problems));
                    }
                });
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransientDataAccessException.class)
    static class WithDatabase {

        @Bean
        DatabaseProblems databaseProblems() {
            return new DatabaseProblems();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestInterceptor.class)
    static class OverFeign {

        @Bean
        TraceOverFeign traceOverFeign() {
            return new TraceOverFeign();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(GlobalOpenApiCustomizer.class)
    static class InOpenApi {

        @Bean
        static OpenApiOnDemand openApiOnDemand() {
            return new OpenApiOnDemand();
        }

        @Bean
        EdgeInOpenApi edgeInOpenApi() {
            return new EdgeInOpenApi();
        }
    }
}

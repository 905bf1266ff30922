package io.holdfast.edge.json;

import io.holdfast.edge.body.EdgeProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.ResourceRegionHttpMessageConverter;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/** Reads the bodies of requests as strict JSON, and as nothing else. */
@AutoConfiguration(after = JacksonAutoConfiguration.class, before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(EdgeProperties.class)
class JsonAutoConfiguration {

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    ServerHttpMessageConvertersCustomizer strictJsonForRequests(
            EdgeProperties properties, ObjectProvider<JsonMapperBuilderCustomizer> customizers) {
        JsonMapper strict =
                StrictJson.mapper(properties, customizers.orderedStream().toList());
        JacksonJsonHttpMessageConverter json = new JacksonJsonHttpMessageConverter(strict);
        return converters -> converters
                .withJsonConverter(json)
                .configureMessageConvertersList(all -> all.removeIf(other -> other != json && !isForText(other)));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(OperationInvokerAdvisor.class)
    static class ForEndpoints {

        @Bean
        KnownArguments knownArguments() {
            return new KnownArguments();
        }
    }

    /** What carries a text, a file or bytes as they are, and so is no way around strict JSON. Any other may come with any library. */
    private static boolean isForText(HttpMessageConverter<?> converter) {
        return converter instanceof ByteArrayHttpMessageConverter
                || converter instanceof StringHttpMessageConverter
                || converter instanceof ResourceHttpMessageConverter
                || converter instanceof ResourceRegionHttpMessageConverter;
    }
}

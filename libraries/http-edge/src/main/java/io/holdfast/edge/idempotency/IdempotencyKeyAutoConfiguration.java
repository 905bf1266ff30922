package io.holdfast.edge.idempotency;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes the header a value that controllers can declare. */
@AutoConfiguration(before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class IdempotencyKeyAutoConfiguration {

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
}

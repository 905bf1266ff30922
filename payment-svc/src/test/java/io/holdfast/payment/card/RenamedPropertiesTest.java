package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What operators have set under a name of before is still obeyed. */
class RenamedPropertiesTest {

    @Test
    void theOldNamesOfTheBoundsOfAuthorizationsAreStillObeyed() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Bounds.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.config.location=optional:classpath:/of-no-service/",
                        "--spring.cloud.nacos.config.enabled=false",
                        "--spring.cloud.nacos.config.import-check.enabled=false",
                        "--spring.cloud.nacos.discovery.enabled=false",
                        "--holdfast.payment.authorization.most-calls=7",
                        "--holdfast.payment.authorization.most-at-once=3")) {
            CardProperties.Authorization bounds =
                    context.getBean(CardProperties.class).authorization();

            assertThat(bounds.maxCalls()).isEqualTo(7);
            assertThat(bounds.maxConcurrent()).isEqualTo(3);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(CardProperties.class)
    static class Bounds {}
}

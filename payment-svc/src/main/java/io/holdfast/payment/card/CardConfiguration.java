package io.holdfast.payment.card;

import io.holdfast.tcc.retry.Backoff;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CardProperties.class)
class CardConfiguration {

    @Bean
    Backoff voidOrRefundBackoff() {
        return new Backoff(RandomGenerator.of("SplittableRandom"));
    }
}

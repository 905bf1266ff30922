package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.ChargeId;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ChargeConfiguration {

    @Bean
    ChargeIds chargeIds() {
        return () -> new ChargeId("ch_" + UUID.randomUUID().toString().replace("-", ""));
    }
}

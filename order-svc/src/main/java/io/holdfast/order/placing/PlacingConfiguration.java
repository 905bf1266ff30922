package io.holdfast.order.placing;

import io.holdfast.order.model.OrderLimits;
import io.holdfast.properties.LiveProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** What operators change while orders come in. A wrong value at the start stops the service; a later one is refused and logged. */
@Configuration(proxyBeanMethods = false)
class PlacingConfiguration {

    @Bean
    static LiveProperties<OrderLimits> orderLimits(ConfigurableEnvironment environment) {
        return LiveProperties.of(
                environment, "holdfast.order.limits", LimitsProperties.class, LimitsProperties::toLimits);
    }

    @Bean
    static LiveProperties<GroupProperties> groupProperties(ConfigurableEnvironment environment) {
        return LiveProperties.of(environment, "holdfast.order.grouping", GroupProperties.class);
    }

    /** The limits of an order as they are written, with their defaults. */
    record LimitsProperties(
            @DefaultValue("200") int maxLines,
            @DefaultValue("100") int maxQuantityPerOrder) {

        OrderLimits toLimits() {
            return new OrderLimits(maxLines, maxQuantityPerOrder);
        }
    }
}

package io.holdfast.payment.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
class GatewayConfiguration {

    private static final Logger log = LoggerFactory.getLogger(GatewayConfiguration.class);

    /**
     * One breaker for all operations: when one of them fails, it is usually the whole gateway that is away, and no thread should wait
     * for it meanwhile.
     */
    @Bean
    CircuitBreaker gatewayBreaker(GatewayProperties properties, MeterRegistry meters) {
        GatewayProperties.Breaker wanted = properties.breaker();
        CircuitBreaker breaker = CircuitBreaker.of(
                "gateway",
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(wanted.calls())
                        .minimumNumberOfCalls(wanted.minCalls())
                        .failureRateThreshold(wanted.failurePercent())
                        .waitDurationInOpenState(wanted.openFor())
                        .permittedNumberOfCallsInHalfOpenState(wanted.trials())
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(event -> log.warn(
                        "The circuit breaker of the card gateway goes from {} to {}",
                        event.getStateTransition().getFromState(),
                        event.getStateTransition().getToState()));
        Gauge.builder("holdfast.payment.gateway.breaker.open", breaker, GatewayConfiguration::isOpen)
                .description("1 while calls to the card gateway are not even tried")
                .register(meters);
        return breaker;
    }

    private static int isOpen(CircuitBreaker breaker) {
        return breaker.getState() == CircuitBreaker.State.OPEN ? 1 : 0;
    }
}

package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.holdfast.order.store.SaleBook;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Puts the admission together: with Redis if there is one, and without if not. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AdmissionSettings.class)
class AdmissionConfiguration {

    /** Commands that wait while Redis is slow: about as many as there are requests. */
    private static final int MAX_WAITING = 1_000;

    /** Whose buyers are remembered at the same time; of more of them, or of larger ones, Redis is asked. */
    private static final long LARGE_SALES = 2;

    private static final Duration BREAK = Duration.ofSeconds(1);

    /** A buyer does not wait for a cache to come back. */
    @Bean
    LettuceClientOptionsBuilderCustomizer noWaitingForRedis() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_WAITING);
    }

    @Bean
    Instance instance(@Value("${server.port}") int port) {
        try {
            return Instance.of(InetAddress.getLocalHost().getHostName(), port);
        } catch (UnknownHostException e) {
            return Instance.of("unknown", 0);
        }
    }

    @Bean
    SoldOutFlags soldOutFlags(AdmissionSettings settings) {
        return new SoldOutFlags(
                settings.soldOutMemory(), LARGE_SALES * settings.mostBuyersRemembered(), Ticker.systemTicker());
    }

    @Bean
    @ConditionalOnExpression("!'${holdfast.order.admission.redis-host:}'.isBlank()")
    SaleCounters saleCounters(StringRedisTemplate redis) {
        return new SaleCounters(redis);
    }

    @Bean
    @ConditionalOnExpression("!'${holdfast.order.admission.redis-host:}'.isBlank()")
    CounterWatch counterWatch(
            SaleCounters counters,
            SaleBook book,
            SoldOutFlags flags,
            AdmissionSettings settings,
            Instance instance,
            Clock clock,
            MeterRegistry meters) {
        CounterMender mender =
                new CounterMender(counters, book, flags, settings.forgottenAfter(), instance, clock, meters);
        return new CounterWatch(counters, book, mender, settings.mendInterval(), instance);
    }

    @Bean
    Admission admission(
            ObjectProvider<SaleCounters> counters,
            ObjectProvider<CounterWatch> watch,
            SoldOutFlags flags,
            AdmissionSettings settings,
            Instance instance,
            Clock clock,
            MeterRegistry meters) {
        CircuitBreaker breaker = CircuitBreaker.of(
                "redis",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(20)
                        .minimumNumberOfCalls(5)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(BREAK)
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .automaticTransitionFromOpenToHalfOpenEnabled(false)
                        .build());
        CounterWatch knows = watch.getIfAvailable();
        return new Admission(
                counters.getIfAvailable(),
                breaker,
                flags,
                sale -> {
                    if (knows != null) {
                        knows.tell(sale);
                    }
                },
                settings.mostBuyersRemembered(),
                instance,
                clock,
                meters);
    }
}

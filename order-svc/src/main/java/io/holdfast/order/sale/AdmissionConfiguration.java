package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
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

/** Builds the admission, with Redis if there is one. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AdmissionProperties.class)
class AdmissionConfiguration {

    /** Commands that wait while Redis is slow: about as many as there are requests. */
    private static final int MAX_WAITING = 1_000;

    /** Sales whose buyers are kept in memory at a time; for more of them, or larger ones, each request asks Redis. */
    private static final long LARGE_SALES = 2;

    private static final Duration BREAK = Duration.ofSeconds(1);

    /** A buyer does not wait for a cache to come back. */
    @Bean
    LettuceClientOptionsBuilderCustomizer noWaitingForRedis() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_WAITING);
    }

    @Bean
    InstanceId instance(@Value("${server.port}") int port) {
        try {
            return InstanceId.of(InetAddress.getLocalHost().getHostName(), port);
        } catch (UnknownHostException e) {
            return InstanceId.of("unknown", 0);
        }
    }

    @Bean
    SoldOutFlags soldOutFlags(AdmissionProperties properties) {
        return new SoldOutFlags(
                properties.soldOutTimeToLive(), LARGE_SALES * properties.maxBuyersRemembered(), Ticker.systemTicker());
    }

    @Bean
    @ConditionalOnExpression("!'${holdfast.order.admission.redis-host:}'.isBlank()")
    SaleCounters saleCounters(StringRedisTemplate redis) {
        return new SaleCounters(redis);
    }

    @Bean
    @ConditionalOnExpression("!'${holdfast.order.admission.redis-host:}'.isBlank()")
    SaleCounterRepairJob counterWatch(
            SaleCounters counters,
            SaleRepository repository,
            SoldOutFlags flags,
            AdmissionProperties properties,
            InstanceId instance,
            Clock clock,
            MeterRegistry meters) {
        SaleCounterRepair repair = new SaleCounterRepair(
                counters, repository, flags, properties.forgottenAfter(), instance, clock, meters);
        return new SaleCounterRepairJob(counters, repository, repair, properties.repairInterval(), instance);
    }

    @Bean
    Admission admission(
            ObjectProvider<SaleCounters> counters,
            ObjectProvider<SaleCounterRepairJob> watch,
            SoldOutFlags flags,
            AdmissionProperties properties,
            InstanceId instance,
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
        SaleCounterRepairJob knows = watch.getIfAvailable();
        return new Admission(
                counters.getIfAvailable(),
                breaker,
                flags,
                sale -> {
                    if (knows != null) {
                        knows.report(sale);
                    }
                },
                properties.maxBuyersRemembered(),
                instance,
                clock,
                meters);
    }
}

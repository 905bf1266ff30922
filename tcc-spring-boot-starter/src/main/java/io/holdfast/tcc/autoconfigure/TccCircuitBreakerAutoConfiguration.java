package io.holdfast.tcc.autoconfigure;

import io.holdfast.background.BackgroundThreads;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.ExecutorService;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JCircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Carries the context of the caller, and the xid with it, to the threads on which Spring Cloud's circuit breaker makes its calls. It
 * comes first, so an executor that a customizer of the service's own sets takes the place of this one, and has to be wrapped by itself.
 */
@AutoConfiguration(beforeName = "org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JAutoConfiguration")
@ConditionalOnClass({Resilience4JCircuitBreakerFactory.class, ContextExecutorService.class})
@ConditionalOnBooleanProperty(name = TccProperties.ENABLED, matchIfMissing = true)
public class TccCircuitBreakerAutoConfiguration {

    private static final int MAX_THREADS = 256;

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    Customizer<Resilience4JCircuitBreakerFactory> contextOfCircuitBreakers() {
        return factory -> {
            factory.configureExecutorService(withContext("circuit-breaker"));
            factory.configureGroupExecutorService(group -> withContext("circuit-breaker-" + group));
        };
    }

    /** The circuit breaker's own has no bound. */
    private static ExecutorService withContext(String threads) {
        return ContextExecutorService.wrap(
                BackgroundThreads.pool(threads, MAX_THREADS),
                ContextSnapshotFactory.builder().build()::captureAll);
    }
}

package io.holdfast.tcc.xid;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.resilience4j.core.ContextPropagator;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import io.holdfast.tcc.autoconfigure.TccCircuitBreakerAutoConfiguration;
import io.holdfast.tcc.autoconfigure.TccFeignAutoConfiguration;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.seata.core.context.RootContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JAutoConfiguration;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignAutoConfiguration;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;

/** The xid goes along to whatever thread the call is made on, and stays on none of them. */
class XidPropagationTest {

    private static final String XID = "10.0.0.1:8091:7005";

    private final AtomicReference<String> thread = new AtomicReference<>();
    private HttpServer downstream;
    private ApplicationContextRunner application;

    @BeforeEach
    void startDownstream() throws IOException {
        downstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        downstream.createContext("/seen", exchange -> {
            String xid = exchange.getRequestHeaders().getFirst(Xid.HEADER);
            byte[] body = (xid == null ? "none" : xid).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        downstream.start();
        application = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TccFeignAutoConfiguration.class, TccCircuitBreakerAutoConfiguration.class))
                .withUserConfiguration(Caller.class)
                .withBean("thread", AtomicReference.class, () -> thread)
                .withPropertyValues(
                        "downstream.url=http://127.0.0.1:"
                                + downstream.getAddress().getPort(),
                        "spring.cloud.openfeign.circuitbreaker.enabled=true",
                        "resilience4j.timelimiter.configs.default.timeout-duration=10s");
    }

    @AfterEach
    void stop() {
        downstream.stop(0);
        RootContext.unbind();
    }

    @Test
    void a_feign_call_behind_a_circuit_breaker_with_a_time_limit_carries_it() {
        application.run(context -> {
            Downstream client = context.getBean(Downstream.class);
            assertThat(client.seen()).isEqualTo("none");
            RootContext.bind(XID);
            assertThat(client.seen()).isEqualTo(XID);
            RootContext.unbind();
            assertThat(client.seen()).as("nothing is left on the thread").isEqualTo("none");
        });
    }

    @Test
    void a_circuit_breaker_of_a_group_carries_it_on_another_thread() {
        application.run(context -> {
            CircuitBreakerFactory<?, ?> breakers = context.getBean(CircuitBreakerFactory.class);
            RootContext.bind(XID);

            for (var breaker : List.of(breakers.create("alone"), breakers.create("one", "group"))) {
                String there = breaker.run(() -> {
                    thread.set(Thread.currentThread().getName());
                    return RootContext.getXID();
                });

                assertThat(there).isEqualTo(XID);
                assertThat(thread).doesNotHaveValue(Thread.currentThread().getName());
            }
        });
    }

    @Test
    void an_executor_that_carries_context_carries_it_and_takes_it_off_again() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        ExecutorService carrying = ContextExecutorService.wrap(
                pool, ContextSnapshotFactory.builder().build()::captureAll);
        try {
            RootContext.bind(XID);
            assertThat(carrying.submit(RootContext::getXID).get(10, TimeUnit.SECONDS))
                    .isEqualTo(XID);
            assertThat(pool.submit(RootContext::getXID).get(10, TimeUnit.SECONDS))
                    .isNull();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void so_does_springs_task_decorator() throws Exception {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
        executor.initialize();
        try {
            RootContext.bind(XID);
            assertThat(executor.submit(RootContext::getXID).get(10, TimeUnit.SECONDS))
                    .isEqualTo(XID);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void a_thread_pool_bulkhead_carries_it_with_the_propagator_that_is_named_to_it() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            RootContext.bind(XID);
            Callable<String> seen = ContextPropagator.decorateCallable(new XidContextPropagator(), RootContext::getXID);
            assertThat(pool.submit(seen).get(10, TimeUnit.SECONDS)).isEqualTo(XID);
            assertThat(pool.submit(RootContext::getXID).get(10, TimeUnit.SECONDS))
                    .isNull();
        } finally {
            pool.shutdownNow();
        }
    }

    @FeignClient(name = "downstream", url = "${downstream.url}")
    interface Downstream {

        @GetMapping("/seen")
        String seen();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableFeignClients(clients = Downstream.class)
    @ImportAutoConfiguration({
        HttpMessageConvertersAutoConfiguration.class,
        FeignAutoConfiguration.class,
        CircuitBreakerAutoConfiguration.class,
        TimeLimiterAutoConfiguration.class,
        Resilience4JAutoConfiguration.class
    })
    static class Caller {}
}

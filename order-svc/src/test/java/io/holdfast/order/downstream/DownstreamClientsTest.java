package io.holdfast.order.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.commons.config.CommonsConfigAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.openfeign.FeignAutoConfiguration;
import org.springframework.cloud.openfeign.loadbalancer.FeignLoadBalancerAutoConfiguration;

/** The clients with the service's own settings, and nothing else of the service. */
class DownstreamClientsTest {

    private final StandInDownstreamServices downstream = StandInDownstreamServices.start();
    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withPropertyValues(
                    "spring.profiles.active=without-nacos",
                    "HOLDFAST_DB_PASSWORD=unused",
                    "spring.cloud.discovery.client.simple.instances.stock-svc[0].uri=" + downstream.url())
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    UtilAutoConfiguration.class,
                    CommonsClientAutoConfiguration.class,
                    CommonsConfigAutoConfiguration.class,
                    SimpleDiscoveryClientAutoConfiguration.class,
                    LoadBalancerAutoConfiguration.class,
                    BlockingLoadBalancerClientAutoConfiguration.class,
                    FeignAutoConfiguration.class,
                    FeignLoadBalancerAutoConfiguration.class))
            .withUserConfiguration(DownstreamClients.class, Stock.class, Payments.class);

    @AfterEach
    void stop() {
        downstream.stop();
    }

    /** Spring's own encoder and decoder fail this: "no suitable HttpMessageConverter". */
    @Test
    void firstCallsMayComeAtTheSameTime() {
        service.run(context -> {
            Stock stock = context.getBean(Stock.class);
            int threads = 16;
            CyclicBarrier start = new CyclicBarrier(threads);
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            List<Future<TryAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                answers.add(pool.submit(() -> {
                    start.await();
                    return stock.reserve(List.of(order()));
                }));
            }
            for (Future<TryAnswer> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(new TryAnswer.Done());
            }
            pool.shutdown();
        });
    }

    @Test
    void aDownstreamServiceThatIsTooSlowIsAnUnknownOutcomeAndIsNotAskedAgain() {
        CountDownLatch longEnough = new CountDownLatch(1);
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            try {
                longEnough.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.hangUp();
        });
        service.withPropertyValues("spring.cloud.openfeign.client.config.default.read-timeout=300")
                .run(context -> {
                    long start = System.nanoTime();

                    TryAnswer answer = context.getBean(Stock.class).reserve(List.of(order()));

                    assertThat(answer).isInstanceOf(TryAnswer.Unknown.class);
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
                    assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE))
                            .hasSize(1);
                });
        longEnough.countDown();
    }

    /** Apache's HTTP client repeats a request that was answered 503, one second later, POST or not. */
    @Test
    void whatWasAnswered503IsNotRepeatedBehindOurBack() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(503, "text/plain", "busy"));
        service.run(context -> {
            assertThat(context.getBean(Stock.class).reserve(List.of(order()))).isInstanceOf(TryAnswer.Unknown.class);
            assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE)).hasSize(1);
        });
    }

    @Test
    void aDownstreamServiceThatIsNotThereIsAnUnknownOutcomeToo() {
        service.run(context -> {
            assertThat(context.getBean(Payments.class).open(List.of(order()))).isInstanceOf(TryAnswer.Unknown.class);

            downstream.stop();
            assertThat(context.getBean(Stock.class).reserve(List.of(order()))).isInstanceOf(TryAnswer.Unknown.class);
        });
    }

    private static Order order() {
        Purchase purchase = new Purchase(
                new BuyerId("alice"),
                List.of(new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                PaymentMethod.WALLET);
        return Order.received(new OrderId("0198c0de-7f00-7abc-8def-0123456789ab"), purchase, "key", Instant.EPOCH);
    }
}

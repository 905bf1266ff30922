package io.holdfast.order;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.holdfast.edge.startup.RequiredEnvironment;
import io.holdfast.edge.startup.WarmUp;
import io.holdfast.order.abandoned.AbandonedOrders;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.SeataCoordinator;
import io.holdfast.order.downstream.DownstreamStates;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.TimeOrderedIds;
import io.holdfast.order.placing.DuplicateRequestWait;
import io.holdfast.order.placing.Polling;
import io.holdfast.order.refusals.OldRefusals;
import io.holdfast.order.refusals.RefusalBudget;
import io.holdfast.order.soldout.SoldOut;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.RefusedOrders;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service, and what it is put together from. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
@EnableConfigurationProperties(OrderProperties.class)
public class OrderApplication {

    public static void main(String[] args) {
        RequiredEnvironment.of(
                        "order-svc",
                        "HOLDFAST_DB_PASSWORD",
                        "HOLDFAST_NACOS_PASSWORD",
                        "HOLDFAST_TOKEN_ISSUER",
                        "HOLDFAST_SERVICE_KEY")
                .and("HOLDFAST_REDIS_PASSWORD", "HOLDFAST_REDIS_HOST")
                .orExit();
        SpringApplication.run(OrderApplication.class, args);
    }

    /** In milliseconds, as the database keeps them: what was written is what is read back. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }

    @Bean
    OrderIds orderIds(Clock clock) {
        return new TimeOrderedIds(clock, new SecureRandom());
    }

    @Bean
    Coordinator coordinator(OrderProperties properties) {
        return new SeataCoordinator(properties.globalTimeout());
    }

    /** A global transaction without branches is begun and rolled back. */
    @Bean
    WarmUp coordinatorPath(Coordinator coordinator) {
        return new WarmUp("the coordinator", () -> coordinator.begin().rollback());
    }

    @Bean
    SoldOut soldOut(OrderProperties properties) {
        return new SoldOut(
                properties.soldOut().timeToLive(), properties.soldOut().maxSkus(), Ticker.systemTicker());
    }

    @Bean(destroyMethod = "close")
    Polling polling() {
        return new Polling("order-polling", 4);
    }

    @Bean
    DuplicateRequestWait duplicateRequestWait(OrderRepository repository, Polling polling, OrderProperties properties) {
        return new DuplicateRequestWait(
                repository,
                polling,
                properties.duplicateRequests().patience(),
                properties.duplicateRequests().maxWaiting());
    }

    /** For orders that have a global transaction of their own: those paid by card, and all while orders are not grouped. */
    @Bean
    Bulkhead loneOrders(OrderProperties properties) {
        return Bulkhead.of(
                "lone-orders",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(properties.bulkhead().maxConcurrentCalls())
                        .maxWaitDuration(properties.bulkhead().maxWaitDuration())
                        .build());
    }

    @Bean
    AbandonedOrders abandonedOrders(
            OrderLists lists,
            OrderRepository repository,
            Coordinator coordinator,
            Clock clock,
            OrderProperties properties) {
        return new AbandonedOrders(
                lists,
                repository,
                coordinator::outcomeOf,
                clock,
                properties.globalTimeout().plus(properties.abandoned().margin()),
                properties.abandoned().page());
    }

    @Bean
    RefusalBudget refusalBudget(RefusedOrders refused, OrderProperties properties, Clock clock, MeterRegistry meters) {
        return new RefusalBudget(refused, properties.refusals().perHour(), clock, meters);
    }

    @Bean
    OldRefusals oldRefusals(
            RefusedOrders refused, DownstreamStates downstream, Clock clock, OrderProperties properties) {
        return new OldRefusals(
                refused,
                downstream,
                clock,
                properties.refusals().kept(),
                properties.refusals().page());
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info().title("Holdfast order-svc").version("v1").description("""
                                Takes orders and carries each out in one global transaction over three services: money is \
                                frozen, stock is reserved, the order is placed; then all of it is confirmed, or all of it is \
                                cancelled. Every order ends PAID, REJECTED, or, if its payment is given up after the decision or \
                                it is cancelled after it was paid, CLOSED.

                                Send each order with an Idempotency-Key of your own making. If you did not get the answer, \
                                send the same order with the same key again: you get the answer to the first one, and no \
                                second order. The key of an order that was refused is remembered for as long as the order is kept, \
                                which is seven days unless it is set otherwise; any other for ever."""));
    }
}

package io.holdfast.order;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.edge.RequiredEnvironment;
import io.holdfast.edge.WarmUp;
import io.holdfast.order.abandoned.AbandonedOrders;
import io.holdfast.order.book.OrderBook;
import io.holdfast.order.book.OrderLists;
import io.holdfast.order.book.RefusedOrders;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.SeataCoordinator;
import io.holdfast.order.intake.LoneOrders;
import io.holdfast.order.intake.OrderIds;
import io.holdfast.order.intake.TimeOrderedIds;
import io.holdfast.order.intake.TwinWait;
import io.holdfast.order.neighbour.NeighbourStates;
import io.holdfast.order.refusals.OldRefusals;
import io.holdfast.order.refusals.RefusalBudget;
import io.holdfast.order.soldout.SoldOut;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service, and what it is put together from. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
@EnableConfigurationProperties(OrderSettings.class)
public class OrderSvc {

    public static void main(String[] args) {
        RequiredEnvironment.of(
                        "order-svc",
                        "HOLDFAST_DB_PASSWORD",
                        "HOLDFAST_NACOS_PASSWORD",
                        "HOLDFAST_TOKEN_ISSUER",
                        "HOLDFAST_SERVICE_KEY")
                .and("HOLDFAST_REDIS_PASSWORD", "HOLDFAST_REDIS_HOST")
                .orExit();
        SpringApplication.run(OrderSvc.class, args);
    }

    @Bean
    OrderIds orderIds(Clock clock) {
        return new TimeOrderedIds(clock, new SecureRandom());
    }

    @Bean
    Coordinator coordinator(OrderSettings settings) {
        return new SeataCoordinator(settings.globalTimeout());
    }

    /** A global transaction without branches is begun and rolled back. */
    @Bean
    WarmUp coordinatorPath(Coordinator coordinator) {
        return new WarmUp("the coordinator", () -> coordinator.begin().rollback());
    }

    @Bean
    SoldOut soldOut(OrderSettings settings) {
        return new SoldOut(settings.soldOut().memory(), settings.soldOut().mostSkus(), Ticker.systemTicker());
    }

    @Bean(destroyMethod = "close")
    TwinWait twinWait(OrderBook book, OrderSettings settings) {
        return new TwinWait(book, settings.twin().patience(), settings.twin().mostWaiting());
    }

    @Bean
    LoneOrders loneOrders(OrderSettings settings) {
        return new LoneOrders(settings.alone().most(), settings.alone().patience());
    }

    @Bean
    AbandonedOrders abandonedOrders(
            OrderLists lists, OrderBook book, Coordinator coordinator, Clock clock, OrderSettings settings) {
        return new AbandonedOrders(
                lists,
                book,
                coordinator::fateOf,
                clock,
                settings.globalTimeout().plus(settings.abandoned().margin()),
                settings.abandoned().page());
    }

    @Bean
    RefusalBudget refusalBudget(RefusedOrders refused, OrderSettings settings, Clock clock, MeterRegistry meters) {
        return new RefusalBudget(refused, settings.refusals().perHour(), clock, meters);
    }

    @Bean
    OldRefusals oldRefusals(RefusedOrders refused, NeighbourStates neighbours, Clock clock, OrderSettings settings) {
        return new OldRefusals(
                refused,
                neighbours,
                clock,
                settings.refusals().kept(),
                settings.refusals().page());
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

package io.holdfast.order.store;

import io.holdfast.edge.startup.WarmUp;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An order is entered, placed and rejected once before order-svc is ready, in a transaction that is rolled back. */
@Configuration(proxyBeanMethods = false)
class OrderWarmUp {

    private static final String NO_XID = "warm-up";

    @Bean
    WarmUp orderPath(OrderRepository repository, PlacedOrders placed, LocalTransaction transaction, Clock clock) {
        return new WarmUp(
                "orders",
                () -> transaction.runAndRollBack(() -> {
                    // Of its own for each instance: two that warm up at once would wait for each other's rows.
                    String own = UUID.randomUUID().toString();
                    long branchId = own.hashCode();
                    Purchase purchase = new Purchase(
                            new BuyerId(own),
                            List.of(new OrderLine(new Sku(own), new Quantity(1), new Money(1, "CNY"))),
                            PaymentMethod.WALLET);
                    Order order = Order.received(new OrderId(own), purchase, own, clock.instant())
                            .placedBy(NO_XID);
                    repository.findByKey(purchase.buyer(), own);
                    repository.enter(List.of(order));
                    placed.place(List.of(order), NO_XID, branchId);
                    placed.cancel(NO_XID, branchId, Rejection.unavailable());
                    placed.decided(List.of(order), NO_XID);
                    repository.find(order.id());
                }));
    }
}

package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Autowired;

/** Orders in every status, and what has been told of them. */
@OnRealDatabase
abstract class OrderRepositoryCases {

    static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
    static final long BRANCH = 7;
    static final CancellationRequest CANCELLATION = CancellationRequest.of("Ordered twice.", NOW);

    final String xid = StandInCoordinator.newXid();

    @Autowired
    OrderRepository repository;

    @Autowired
    PlacedOrders placedOrders;

    @Autowired
    ClosingOrders closingOrders;

    @Autowired
    OrderIds ids;

    @Autowired
    Database database;

    List<String> messagesOf(OrderId id) {
        return database.jdbc()
                .queryForList(
                        "select substring_index(id, ':', -1) from local_message where message_key = ? order by 1",
                        String.class,
                        id.value());
    }

    Order orderIn(OrderStatus status) {
        return orderIn(status, "alice", xid);
    }

    Order orderIn(OrderStatus status, String buyer, String xid) {
        Order order = newOrder(buyer, "in-" + status + xid).placedBy(xid);
        assertThat(repository.enter(order)).isTrue();
        if (status != OrderStatus.RECEIVED) {
            placedOrders.place(List.of(order), xid, BRANCH);
        }
        switch (status) {
            case RECEIVED, PLACED -> {}
            case CONFIRMING -> placedOrders.awaitConfirm(xid);
            case PAID -> placedOrders.complete(xid, BRANCH);
            case CLOSING -> closingOrders.startClosing(xid, BRANCH, Map.of(order.id(), "declined"));
            case CLOSED -> {
                closingOrders.startClosing(xid, BRANCH, Map.of(order.id(), "declined"));
                closingOrders.released(order.id(), NOW);
            }
            case REJECTED -> placedOrders.cancel(xid, BRANCH, Rejection.rolledBack());
        }
        assertThat(repository.find(order.id()).orElseThrow().status()).isEqualTo(status);
        return order;
    }

    Order entered(String key) {
        Order order = newOrder("alice", key + xid).placedBy(xid);
        assertThat(repository.enter(order)).isTrue();
        return order;
    }

    Order newOrder(String buyer, String key) {
        return Order.received(ids.next(), purchase(buyer), key, NOW);
    }

    static Purchase purchase(String buyer) {
        return new Purchase(
                new BuyerId(buyer),
                List.of(
                        new OrderLine(new Sku("b"), new Quantity(2), new Money(1999, "CNY")),
                        new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                PaymentMethod.WALLET);
    }
}

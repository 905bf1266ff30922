package io.holdfast.order.abandoned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.PlacedOrders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

@OnRealDatabase
class AbandonedOrdersTest {

    private static final Instant NOW = Instant.parse("2001-06-01T12:00:00Z");
    private static final Duration AGE = Duration.ofSeconds(15);

    private final Map<String, GlobalTxOutcome> outcomes = new ConcurrentHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final OrderLists lists;
    private final OrderRepository repository;
    private final PlacedOrders placedOrders;
    private final OrderIds ids;
    private final Database database;

    AbandonedOrdersTest(
            @Autowired OrderLists lists,
            @Autowired OrderRepository repository,
            @Autowired PlacedOrders placedOrders,
            @Autowired OrderIds ids,
            @Autowired Database database) {
        this.lists = lists;
        this.repository = repository;
        this.placedOrders = placedOrders;
        this.ids = ids;
        this.database = database;
    }

    @AfterEach
    void forgetTheOrders() {
        database.jdbc().update("delete from order_line");
        database.jdbc().update("delete from orders");
    }

    @ParameterizedTest
    @EnumSource
    void anOldOrderIsRejectedOnlyIfItsTransactionIsOver(GlobalTxOutcome outcome) {
        Order order = received(NOW.minus(AGE).minusMillis(1), outcome);

        int rejected = job(10).rejectThem();

        boolean over = outcome == GlobalTxOutcome.ROLLED_BACK || outcome == GlobalTxOutcome.FORGOTTEN;
        assertThat(rejected).isEqualTo(over ? 1 : 0);
        Order after = repository.find(order.id()).orElseThrow();
        assertThat(after.status()).isEqualTo(over ? OrderStatus.REJECTED : OrderStatus.RECEIVED);
        if (over) {
            assertThat(after.whyRejected()).contains(Rejection.abandoned());
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void anOrderThatMayStillBePlacedIsNotEvenAskedFor() {
        received(NOW.minus(AGE), GlobalTxOutcome.FORGOTTEN);

        assertThat(job(10).rejectThem()).isZero();

        assertThat(asked).isEmpty();
    }

    @Test
    void onlyReceivedOrdersAreLookedAt() {
        Order placed = received(NOW.minusSeconds(60), GlobalTxOutcome.FORGOTTEN);
        placedOrders.place(List.of(placed), placed.xid(), 1);

        assertThat(job(10).rejectThem()).isZero();

        assertThat(asked).isEmpty();
    }

    @Test
    void aLateTryOfARejectedOrderRefuses() {
        Order order = received(NOW.minusSeconds(60), GlobalTxOutcome.FORGOTTEN);
        job(10).rejectThem();

        assertThatThrownBy(() -> placedOrders.place(List.of(order), order.xid(), 1))
                .hasMessageContaining("not RECEIVED");
    }

    @Test
    void aCoordinatorThatCannotBeAskedIsAskedOncePerRun() {
        received(NOW.minusSeconds(60), GlobalTxOutcome.UNKNOWN);
        received(NOW.minusSeconds(50), GlobalTxOutcome.FORGOTTEN);

        assertThat(job(10).rejectThem()).isZero();

        assertThat(asked).hasSize(1);
    }

    @Test
    void ordersThatHaveToWaitDoNotHideTheOthers() {
        for (int i = 0; i < 5; i++) {
            received(NOW.minusSeconds(100 - i), GlobalTxOutcome.ROLLING_BACK);
        }
        Order last = received(NOW.minusSeconds(60), GlobalTxOutcome.FORGOTTEN);
        AbandonedOrders job = job(2);

        int rejected = job.rejectThem() + job.rejectThem() + job.rejectThem();

        assertThat(rejected).isEqualTo(1);
        assertThat(repository.find(last.id()).orElseThrow().status()).isEqualTo(OrderStatus.REJECTED);
        outcomes.replaceAll((xid, outcome) -> GlobalTxOutcome.ROLLED_BACK);
        int then = 0;
        for (int run = 0; run < 6; run++) {
            then += job.rejectThem();
        }
        assertThat(then).isEqualTo(5);
    }

    private AbandonedOrders job(int page) {
        return new AbandonedOrders(
                lists,
                repository,
                xid -> {
                    asked.add(xid);
                    return outcomes.get(xid);
                },
                Clock.fixed(NOW, ZoneOffset.UTC),
                AGE,
                page);
    }

    private Order received(Instant at, GlobalTxOutcome outcome) {
        String xid = StandInCoordinator.newXid();
        outcomes.put(xid, outcome);
        Purchase purchase = new Purchase(
                new BuyerId("alice"),
                List.of(new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                PaymentMethod.WALLET);
        Order order = Order.received(ids.next(), purchase, xid, at).placedBy(xid);
        repository.enter(order);
        return order;
    }
}

package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.StandInDownstreamServices.Call;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.model.BuyerId;
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
import io.holdfast.order.model.Rejection.Reason;
import io.holdfast.order.model.Sku;
import io.holdfast.order.store.OrderRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.seata.core.context.RootContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Several orders that share a global transaction. */
@OnRealDatabase
class PlacingManyOrdersTest {

    private final GlobalTransactionRunner runner;
    private final OrderRepository repository;
    private final OrderIds ids;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;

    PlacingManyOrdersTest(
            @Autowired GlobalTransactionRunner runner,
            @Autowired OrderRepository repository,
            @Autowired OrderIds ids,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream) {
        this.runner = runner;
        this.repository = repository;
        this.ids = ids;
        this.coordinator = coordinator;
        this.downstream = downstream;
    }

    @BeforeEach
    void everythingIsUpAndInStock() {
        coordinator.behave();
        downstream.serveAll();
    }

    @AfterEach
    void noThreadIsLeftInAGlobalTransaction() {
        assertThat(RootContext.getXID()).isNull();
        assertThat(coordinator.begun()).extracting(coordinator::outcomeOf).doesNotContain(GlobalTxOutcome.RUNNING);
    }

    @Test
    void allArePaidByOneGlobalTransactionAndOneCallToEachDownstreamService() {
        List<Order> placed = place(3);

        assertThat(placed).extracting(Order::status).containsOnly(OrderStatus.PAID);
        assertThat(coordinator.begun()).hasSize(1);
        assertThat(downstream.paths())
                .containsExactly(
                        StandInDownstreamServices.OPEN,
                        StandInDownstreamServices.RESERVE,
                        StandInDownstreamServices.OUTCOMES);
        assertThat(downstream
                        .callsTo(StandInDownstreamServices.OUTCOMES)
                        .get(0)
                        .body()
                        .get("orderIds"))
                .hasSize(3);
    }

    @Test
    void refusedOnesAreLeftOutAndTheRestIsRunAgainInANewTransaction() {
        refuseOnce(StandInDownstreamServices.OPEN, "opened", 402, "insufficient-funds", call -> call.orderIds()
                .subList(0, 1));
        refuseOnce(StandInDownstreamServices.RESERVE, "reserved", 409, "out-of-stock", call -> call.orderIds()
                .subList(1, 2));

        List<Order> placed = place(4);

        assertThat(placed)
                .extracting(Order::status)
                .containsExactly(OrderStatus.REJECTED, OrderStatus.PAID, OrderStatus.REJECTED, OrderStatus.PAID);
        assertThat(placed.stream()
                        .flatMap(order -> order.whyRejected().stream())
                        .map(Rejection::reason))
                .containsExactly(Reason.INSUFFICIENT_FUNDS, Reason.OUT_OF_STOCK);
        assertThat(coordinator.begun())
                .extracting(coordinator::outcomeOf)
                .containsExactly(GlobalTxOutcome.ROLLED_BACK, GlobalTxOutcome.ROLLED_BACK, GlobalTxOutcome.COMMITTED);
        assertThat(placed.get(1).xid()).isEqualTo(coordinator.begun().get(2));
        assertThat(placed.get(0).xid()).isEqualTo(coordinator.begun().get(0));
        assertThat(placed.get(2).xid()).isEqualTo(coordinator.begun().get(1));
    }

    @Test
    void ifNobodyCanBeServedNothingIsRunAgain() {
        downstream.on(
                StandInDownstreamServices.RESERVE, call -> Answer.refusal(409, "out-of-stock", "", call.orderIds()));

        assertThat(place(3)).extracting(Order::status).containsOnly(OrderStatus.REJECTED);
        assertThat(coordinator.begun()).hasSize(1);
    }

    @Test
    void aDownstreamServiceThatRefusesOneMoreEachTimeDoesNotKeepThemGoingRoundForEver() {
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.refusal(409, "out-of-stock", "", call.orderIds().subList(0, 1)));

        List<Order> placed = place(8);

        assertThat(coordinator.begun()).hasSize(4);
        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .filteredOn(Reason.OUT_OF_STOCK::equals)
                .hasSize(4);
        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .filteredOn(Reason.SERVICE_UNAVAILABLE::equals)
                .hasSize(4);
    }

    @Test
    void theRestIsRejectedIfNoSecondTransactionCanBeBegun() {
        refuseOnce(StandInDownstreamServices.OPEN, "opened", 402, "insufficient-funds", call -> {
            coordinator.goAway();
            return call.orderIds().subList(0, 1);
        });

        List<Order> placed = place(2);

        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .containsExactly(Reason.INSUFFICIENT_FUNDS, Reason.SERVICE_UNAVAILABLE);
        coordinator.behave();
    }

    /** Until then a service may hold what the same order would ask for: it would be refused for want of its own goods. */
    @Test
    void theRestIsRunAgainOnlyOnceTheTransactionBeforeIsRolledBack() {
        refuseOnce(StandInDownstreamServices.OPEN, "opened", 402, "insufficient-funds", call -> call.orderIds()
                .subList(0, 1));
        coordinator.onRollback(xid -> GlobalTxOutcome.ROLLING_BACK);
        List<Integer> begunWhenAsked = new CopyOnWriteArrayList<>();
        coordinator.onQuestion(xid -> {
            begunWhenAsked.add(coordinator.begun().size());
            return begunWhenAsked.size() < 4 ? GlobalTxOutcome.ROLLING_BACK : coordinator.cancel(xid);
        });

        List<Order> placed = place(2);

        assertThat(placed).extracting(Order::status).containsExactly(OrderStatus.REJECTED, OrderStatus.PAID);
        assertThat(begunWhenAsked).containsExactly(1, 1, 1, 1);
        assertThat(placed.get(1).xid()).isEqualTo(coordinator.begun().get(1));
    }

    @Test
    void theRestIsNotRunAgainWhileTheTransactionBeforeIsNotRolledBackAndIsToldSoAfterTwoSeconds() {
        refuseOnce(StandInDownstreamServices.OPEN, "opened", 402, "insufficient-funds", call -> call.orderIds()
                .subList(0, 1));
        coordinator.onRollback(xid -> GlobalTxOutcome.ROLLING_BACK);
        coordinator.onQuestion(xid -> GlobalTxOutcome.ROLLING_BACK);
        long start = System.nanoTime();

        List<Order> placed = place(2);

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(10));
        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .containsExactly(Reason.INSUFFICIENT_FUNDS, Reason.SERVICE_UNAVAILABLE);
        assertThat(coordinator.begun()).hasSize(1);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN)).hasSize(1);
    }

    @Test
    void theRestIsNotRunAgainIfTheCoordinatorDoesNotSayHowTheTransactionBeforeStands() {
        refuseOnce(StandInDownstreamServices.OPEN, "opened", 402, "insufficient-funds", call -> call.orderIds()
                .subList(0, 1));
        coordinator.onRollback(xid -> GlobalTxOutcome.ROLLING_BACK);
        coordinator.onQuestion(xid -> GlobalTxOutcome.UNKNOWN);

        List<Order> placed = place(2);

        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .containsExactly(Reason.INSUFFICIENT_FUNDS, Reason.SERVICE_UNAVAILABLE);
        assertThat(coordinator.begun()).hasSize(1);
    }

    @Test
    void anOrderThatWasEndedMeanwhileMakesTheTryOfTheOrdersRefuse() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            String xid = call.xid();
            repository.reject(new OrderId(call.orderIds().get(0)), xid, Rejection.abandoned());
            return Answer.ok("{\"reserved\":[\"" + String.join("\",\"", call.orderIds()) + "\"]}");
        });

        List<Order> placed = place(2);

        assertThat(placed.stream()
                        .map(order -> order.whyRejected().orElseThrow().reason()))
                .containsExactly(Reason.ABANDONED, Reason.SERVICE_UNAVAILABLE);
        assertThat(coordinator.outcomeOf(coordinator.begun().get(0))).isEqualTo(GlobalTxOutcome.ROLLED_BACK);
    }

    private void refuseOnce(String path, String served, int status, String code, Function<Call, List<String>> refused) {
        downstream.on(
                path,
                call -> downstream.callsTo(path).size() == 1
                        ? Answer.refusal(status, code, "", refused.apply(call))
                        : Answer.ok("{\"" + served + "\":[\"" + String.join("\",\"", call.orderIds()) + "\"]}"));
    }

    private List<Order> place(int count) {
        GlobalTx transaction = coordinator.begin();
        List<Order> orders = IntStream.range(0, count)
                .mapToObj(i -> newOrder(i, transaction.xid()))
                .toList();
        orders.forEach(order -> assertThat(repository.enter(order)).isTrue());
        List<Order> placed = runner.place(transaction, orders, Optional.empty(), order -> false);
        assertThat(placed)
                .extracting(Order::id)
                .containsExactlyElementsOf(orders.stream().map(Order::id).toList());
        return placed;
    }

    private Order newOrder(int number, String xid) {
        List<OrderLine> lines = Stream.of("a", "b")
                .map(sku -> new OrderLine(new Sku(sku), new Quantity(1), new Money(5, "CNY")))
                .toList();
        Purchase purchase = new Purchase(new BuyerId("buyer-" + number), lines, PaymentMethod.WALLET);
        return Order.received(ids.next(), purchase, "key-" + xid, Instant.parse("2026-03-01T10:00:00Z"))
                .placedBy(xid);
    }
}

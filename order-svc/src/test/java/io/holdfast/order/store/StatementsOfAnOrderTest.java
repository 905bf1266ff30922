package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.coordinator.Coordinator.GlobalTx;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import io.holdfast.order.placing.GlobalTransactionRunner;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** What telling others of orders costs, counted by the database server. */
@OnRealDatabase
class StatementsOfAnOrderTest {

    private static final Logger log = LoggerFactory.getLogger(StatementsOfAnOrderTest.class);

    private final GlobalTransactionRunner runner;
    private final OrderRepository repository;
    private final OrderIds ids;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;

    StatementsOfAnOrderTest(
            @Autowired GlobalTransactionRunner runner,
            @Autowired OrderRepository repository,
            @Autowired OrderIds ids,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database) {
        this.runner = runner;
        this.repository = repository;
        this.ids = ids;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    /** The order, its lines, the fence's own, and one for each event: placed, paid. */
    @RepeatedTest(3)
    void oneOrderTakesFiveInsertsFromItsEntryToItsConfirm() {
        assertThat(statementsOf(1)).containsEntry("Com_insert", 5L);
    }

    /** The Confirm and the answer know what the Try knew. The jobs look for work meanwhile, so the least of several counts. */
    @Test
    void anOrderThatIsPlacedAndConfirmedByOneProcessIsNotReadBack() {
        long least = IntStream.range(0, 10)
                .mapToLong(i -> statementsOf(1).get("Com_select"))
                .min()
                .orElseThrow();

        // By the driver, for the connection over which this is counted.
        assertThat(least).isEqualTo(1);
    }

    @Test
    void aHundredOrdersOfOneTransactionTakeAsManyStatementsAsOne() {
        Map<String, Long> one = statementsOf(1);
        Map<String, Long> hundred = statementsOf(100);

        assertThat(hundred).containsEntry("Com_insert", one.get("Com_insert"));
        // The retry scheduler and the sender of messages look for work meanwhile.
        one.forEach((kind, count) -> assertThat(hundred.get(kind)).as(kind).isLessThan(count + 15));
        assertThat(database.jdbc().queryForObject("select count(*) from local_message", Long.class))
                .isGreaterThanOrEqualTo(200);
    }

    @Test
    void aHundredRefusedOrdersAreRejectedWithAsManyStatementsAsOne() {
        downstream.on(
                StandInDownstreamServices.OPEN,
                call -> StandInDownstreamServices.Answer.refusal(402, "insufficient-funds", "", call.orderIds()));

        Map<String, Long> one = statementsOf(1, OrderStatus.REJECTED);
        Map<String, Long> hundred = statementsOf(100, OrderStatus.REJECTED);

        assertThat(hundred).containsEntry("Com_insert", one.get("Com_insert"));
        one.forEach((kind, count) -> assertThat(hundred.get(kind)).as(kind).isLessThan(count + 15));
    }

    private Map<String, Long> statementsOf(int count) {
        return statementsOf(count, OrderStatus.PAID);
    }

    private Map<String, Long> statementsOf(int count, OrderStatus end) {
        GlobalTx transaction = coordinator.begin();
        List<Order> orders = IntStream.range(0, count)
                .mapToObj(i -> Order.received(
                                ids.next(),
                                new Purchase(
                                        new BuyerId("buyer-" + i),
                                        List.of(new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                                        PaymentMethod.WALLET),
                                "key-" + transaction.xid(),
                                Instant.parse("2026-03-01T10:00:00Z"))
                        .placedBy(transaction.xid()))
                .toList();
        Map<String, Long> before = statements();

        assertThat(repository.enter(orders)).hasSize(count);
        List<Order> placed = runner.place(transaction, orders, Optional.empty(), order -> false);

        Map<String, Long> counts = statements();
        counts.replaceAll((kind, value) -> value - before.get(kind));
        log.info("{} orders, from their entry to {}: {}", count, end, counts);
        assertThat(placed).extracting(Order::status).containsOnly(end);
        return counts;
    }

    private Map<String, Long> statements() {
        return database.jdbc().query("""
                        show global status where Variable_name in
                            ('Com_insert', 'Com_update', 'Com_select', 'Com_commit', 'Com_rollback')
                        """, (row, number) -> Map.entry(row.getString(1), row.getLong(2))).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, TreeMap::new));
    }
}

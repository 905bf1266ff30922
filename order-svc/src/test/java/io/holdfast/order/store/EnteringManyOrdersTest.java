package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;

/** Many orders are entered, and ended, in one transaction, and none stands in another's way. */
@OnRealDatabase
class EnteringManyOrdersTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");

    private final String xid = StandInCoordinator.newXid();
    private final String buyer = "entering-" + xid.substring(xid.lastIndexOf(':') + 1);
    private final OrderRepository repository;
    private final OrderIds ids;
    private final Database database;

    EnteringManyOrdersTest(
            @Autowired OrderRepository repository, @Autowired OrderIds ids, @Autowired Database database) {
        this.repository = repository;
        this.ids = ids;
        this.database = database;
    }

    /** Nobody will ever end them, and others look for what was abandoned. */
    @AfterEach
    void forgetThem() {
        String ofTheBuyer = " where order_id in (select order_id from orders where buyer_id = ?)";
        database.jdbc().update("delete from order_line" + ofTheBuyer, buyer);
        database.jdbc().update("delete from orders where buyer_id = ?", buyer);
    }

    @Test
    void allAreReadAsTheyWereEnteredAndRefusedOnesAreToldOf() {
        List<Order> orders = List.of(
                newOrder("b").placedBy(xid),
                newOrder("a").rejectedAtOnce(Rejection.soldOut(new Sku("sku-0"))),
                newOrder("c").placedBy(xid));

        assertThat(repository.enter(orders)).isEqualTo(orders);

        assertThat(repository.find(orders.stream().map(Order::id).toList())).isEqualTo(orders);
        assertThat(messagesOf(orders.get(0))).isEmpty();
        assertThat(messagesOf(orders.get(1))).containsExactly(orders.get(1).id() + ":rejected");
    }

    @Test
    void thoseWhoseKeyIsTakenAreLeftOutWithoutATrace() {
        assertThat(repository.enter(
                        List.of(newOrder("2").placedBy(xid), newOrder("4").placedBy(xid))))
                .hasSize(2);
        List<Order> orders = IntStream.range(0, 6)
                .mapToObj(i -> newOrder("" + i).placedBy(xid))
                .toList();

        List<Order> entered = repository.enter(orders);

        assertThat(entered).containsExactly(orders.get(0), orders.get(1), orders.get(3), orders.get(5));
        assertThat(repository.find(orders.stream().map(Order::id).toList())).isEqualTo(entered);
        assertThat(linesOf(orders.get(2))).isZero();
    }

    @Test
    void ifAllKeysAreTakenNothingIsEntered() {
        repository.enter(List.of(newOrder("1").placedBy(xid)));

        assertThat(repository.enter(List.of(newOrder("1").placedBy(xid)))).isEmpty();
        assertThat(repository.enter(List.<Order>of())).isEmpty();
    }

    @Test
    void anIdThatIsTakenIsAFaultAndNoTwin() {
        Order first = newOrder("first").placedBy(xid);
        repository.enter(List.of(first));
        Order sameId =
                Order.received(first.id(), first.purchase(), "other", NOW).placedBy(xid);

        assertThatThrownBy(() -> repository.enter(List.of(newOrder("good").placedBy(xid), sameId)))
                .isInstanceOf(DataIntegrityViolationException.class);

        assertThat(repository.findByKey(new BuyerId(buyer), "good")).isEmpty();
    }

    @Test
    void ofTheSameKeysFromManyThreadsInAnyOrderEachIsEnteredOnceAndNobodyFails() throws Exception {
        int threads = 8;
        int rounds = 15;
        int keys = 12;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < rounds; round++) {
                int number = round;
                CyclicBarrier start = new CyclicBarrier(threads);
                List<Future<List<Order>>> entered = Stream.generate(() -> pool.submit(() -> {
                            List<Order> orders = new ArrayList<>(IntStream.range(0, keys)
                                    .mapToObj(i ->
                                            newOrder("r" + number + "-" + i).placedBy(xid))
                                    .toList());
                            Collections.shuffle(orders);
                            start.await(30, TimeUnit.SECONDS);
                            return repository.enter(orders);
                        }))
                        .limit(threads)
                        .toList();
                List<String> all = new ArrayList<>();
                for (Future<List<Order>> one : entered) {
                    one.get(60, TimeUnit.SECONDS).forEach(order -> all.add(order.idempotencyKey()));
                }
                assertThat(all).hasSize(keys).doesNotHaveDuplicates();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(database.jdbc().queryForObject("select count(*) from orders where buyer_id = ?", Long.class, buyer))
                .isEqualTo((long) rounds * keys);
    }

    @Test
    void manyAreRejectedAtOnceEachForItsOwnReason() {
        List<Order> orders = IntStream.range(0, 4)
                .mapToObj(i -> newOrder("" + i).placedBy(xid))
                .toList();
        repository.enter(orders);
        repository.reject(orders.get(2).id(), xid, Rejection.abandoned());
        Order elsewhere = newOrder("elsewhere").placedBy(StandInCoordinator.newXid());
        repository.enter(List.of(elsewhere));

        assertThat(repository.reject(
                        Map.of(
                                orders.get(0).id(), Rejection.soldOut(new Sku("sku-0")),
                                orders.get(1).id(), new Rejection(Reason.INSUFFICIENT_FUNDS, "Too poor, it's a pity."),
                                orders.get(2).id(), Rejection.unavailable(),
                                elsewhere.id(), Rejection.unavailable()),
                        xid))
                .containsExactlyInAnyOrder(orders.get(0).id(), orders.get(1).id());

        assertThat(reasonOf(orders.get(0).id())).isEqualTo(Reason.OUT_OF_STOCK);
        assertThat(reasonOf(orders.get(1).id())).isEqualTo(Reason.INSUFFICIENT_FUNDS);
        assertThat(repository
                        .find(orders.get(1).id())
                        .orElseThrow()
                        .whyRejected()
                        .orElseThrow()
                        .detail())
                .isEqualTo("Too poor, it's a pity.");
        assertThat(reasonOf(orders.get(2).id())).isEqualTo(Reason.ABANDONED);
        assertThat(repository.find(orders.get(3).id()).orElseThrow().status()).isEqualTo(OrderStatus.RECEIVED);
        assertThat(repository.find(elsewhere.id()).orElseThrow().status()).isEqualTo(OrderStatus.RECEIVED);
        assertThat(messagesOf(orders.get(1))).containsExactly(orders.get(1).id() + ":rejected");
        assertThat(messagesOf(elsewhere)).isEmpty();
        assertThat(repository.reject(Map.of(orders.get(0).id(), Rejection.unavailable()), xid))
                .isEmpty();
    }

    private Reason reasonOf(OrderId id) {
        return repository.find(id).orElseThrow().whyRejected().orElseThrow().reason();
    }

    private List<String> messagesOf(Order order) {
        return database.jdbc()
                .queryForList(
                        "select id from local_message where message_key = ?",
                        String.class,
                        order.id().value());
    }

    private long linesOf(Order order) {
        return database.jdbc()
                .queryForObject(
                        "select count(*) from order_line where order_id = ?",
                        Long.class,
                        order.id().value());
    }

    private Order newOrder(String key) {
        List<OrderLine> lines = IntStream.range(0, 2)
                .mapToObj(i -> new OrderLine(new Sku("sku-" + i), new Quantity(i + 1), new Money(5, "CNY")))
                .toList();
        return Order.received(ids.next(), new Purchase(new BuyerId(buyer), lines, PaymentMethod.WALLET), key, NOW);
    }
}

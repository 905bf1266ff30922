package io.holdfast.order.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.downstream.DownstreamStates;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.RefusedOrders;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/** Refused orders are kept for a while, and as long as anything is held for them. */
@OnRealDatabase
class OldRefusalsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration KEPT = Duration.ofDays(7);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Instant longAgo = now.minus(KEPT).minusSeconds(1);
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final DataSource dataSource;
    private final OrderRepository repository;
    private final RefusedOrders refused;
    private final DownstreamStates states;
    private final OrderIds ids;
    private final List<Map<String, Object>> reservations = new ArrayList<>();
    private final List<Map<String, Object>> payments = new ArrayList<>();
    private final List<String> owed = new ArrayList<>();

    OldRefusalsTest(
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired DataSource dataSource,
            @Autowired OrderRepository repository,
            @Autowired RefusedOrders refused,
            @Autowired DownstreamStates states,
            @Autowired OrderIds ids) {
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.dataSource = dataSource;
        this.repository = repository;
        this.refused = refused;
        this.states = states;
        this.ids = ids;
    }

    @BeforeEach
    void downstreamServicesTellWhatTheyHave() {
        coordinator.behave();
        downstream.serveAll();
        downstream.on(
                StandInDownstreamServices.RESERVATION_STATES,
                call -> Answer.ok(JSON.writeValueAsString(Map.of("reservations", reservations))));
        downstream.on(
                StandInDownstreamServices.PAYMENT_STATES,
                call -> Answer.ok(JSON.writeValueAsString(Map.of("payments", payments, "owed", owed))));
    }

    /** Other tests order long ago, too. */
    @BeforeEach
    void nothingOldIsThere() {
        downstreamServicesTellWhatTheyHave();
        removal(100).remove();
    }

    @AfterEach
    void nothingOldIsLeft() {
        reservations.clear();
        payments.clear();
        owed.clear();
        downstreamServicesTellWhatTheyHave();
        removal(100).remove();
        assertThat(database.jdbc()
                        .queryForObject(
                                "select count(*) from order_line where order_id not in (select order_id from orders)",
                                Integer.class))
                .isZero();
    }

    @Test
    void whatWasRefusedLongAgoGoesWithItsLinesAndItsKeyAndEverythingElseStays() {
        List<Order> old =
                IntStream.range(0, 7).mapToObj(i -> refusedAt(longAgo)).toList();
        Order young = refusedAt(now.minus(KEPT).plusSeconds(60));
        Order received = orderAt(longAgo).placedBy("127.0.0.1:8091:" + NUMBERS.incrementAndGet());
        assertThat(repository.enter(received)).isTrue();
        Order justRefused = orderAt(longAgo).placedBy("127.0.0.1:8091:" + NUMBERS.incrementAndGet());
        assertThat(repository.enter(justRefused)).isTrue();
        assertThat(repository.reject(justRefused.id(), justRefused.xid(), Rejection.abandoned()))
                .isTrue();

        assertThat(removal(3).remove()).as("page after page").isEqualTo(7);

        assertThat(repository.find(old.stream().map(Order::id).toList())).isEmpty();
        assertThat(repository.find(List.of(young.id(), received.id(), justRefused.id())))
                .hasSize(3);
        assertThat(repository.enter(Order.received(
                                ids.next(), old.get(0).purchase(), old.get(0).idempotencyKey(), now)
                        .rejectedAtOnce(Rejection.soldOut(new Sku("a")))))
                .as("its key makes an order again")
                .isTrue();
        assertThat(removal(3).remove()).isZero();
        repository.reject(received.id(), received.xid(), Rejection.abandoned());
    }

    @Test
    void whatStillHoldsSomethingStaysAndDoesNotKeepTheOthersFromGoing() {
        Order withGoods = refusedAt(longAgo);
        Order withMoney = refusedAt(longAgo);
        Order withOpenVoid = refusedAt(longAgo);
        Order released = refusedAt(longAgo);
        Order nothing = refusedAt(longAgo);
        reservations.add(goods(withGoods, "RESERVED"));
        reservations.add(goods(released, "RELEASED"));
        payments.add(Map.of(
                "orderId",
                withMoney.id().value(),
                "buyerId",
                "alice",
                "amount",
                Map.of("minor", 5, "currency", "CNY"),
                "status",
                "OPEN"));
        owed.add(withOpenVoid.id().value());

        assertThat(removal(2).remove()).isEqualTo(2);

        assertThat(repository.find(
                        List.of(withGoods.id(), withMoney.id(), withOpenVoid.id(), released.id(), nothing.id())))
                .extracting(Order::id)
                .containsExactly(withGoods.id(), withMoney.id(), withOpenVoid.id());
        owed.clear();
        assertThat(removal(100).remove()).as("its charge is voided").isEqualTo(1);
    }

    @Test
    void whileADownstreamServiceDoesNotAnswerNothingGoes() {
        Order old = refusedAt(longAgo);
        OldRefusals removal = removal(10);

        downstream.on(StandInDownstreamServices.RESERVATION_STATES, call -> new Answer(503, "text/plain", "later"));
        assertThat(removal.remove()).isZero();
        downstreamServicesTellWhatTheyHave();
        // As payment-svc of the release before answers.
        downstream.on(StandInDownstreamServices.PAYMENT_STATES, call -> Answer.ok("{\"payments\":[]}"));
        assertThat(removal.remove()).isZero();
        assertThat(repository.find(old.id())).isPresent();

        downstreamServicesTellWhatTheyHave();
        assertThat(removal.remove()).isEqualTo(1);
    }

    @Test
    void anOrderWhoseRowsContradictEachOtherStaysForPeopleToSee() {
        Order broken = refusedAt(longAgo);
        database.jdbc()
                .update(
                        "update orders set total_minor = 77 where order_id = ?",
                        broken.id().value());

        assertThat(removal(10).remove()).isZero();

        database.jdbc()
                .update(
                        "update orders set total_minor = 10 where order_id = ?",
                        broken.id().value());
        assertThat(removal(10).remove()).isEqualTo(1);
    }

    @Test
    void whatAnotherInstanceIsRemovingIsPassedOver() throws SQLException {
        Order locked = refusedAt(longAgo);
        Order free = refusedAt(longAgo);
        try (Connection other = dataSource.getConnection();
                Statement sql = other.createStatement()) {
            sql.execute("select 1 from orders where order_id = '" + locked.id() + "' for update");

            assertThat(removal(10).remove()).isEqualTo(1);

            other.rollback();
        }
        assertThat(repository.find(List.of(locked.id(), free.id())))
                .extracting(Order::id)
                .containsExactly(locked.id());
    }

    private OldRefusals removal(int page) {
        return new OldRefusals(refused, states, Clock.fixed(now, ZoneOffset.UTC), KEPT, page);
    }

    private static Map<String, Object> goods(Order order, String status) {
        return Map.of("orderId", order.id().value(), "sku", "a", "quantity", 1, "status", status);
    }

    private Order refusedAt(Instant at) {
        Order order = orderAt(at).rejectedAtOnce(Rejection.soldOut(new Sku("a")));
        assertThat(repository.enter(order)).isTrue();
        return order;
    }

    private Order orderAt(Instant at) {
        return Order.received(
                ids.next(),
                new Purchase(
                        new BuyerId("alice"),
                        List.of(
                                new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY")),
                                new OrderLine(new Sku("b"), new Quantity(1), new Money(5, "CNY"))),
                        PaymentMethod.WALLET),
                "old-" + NUMBERS.incrementAndGet(),
                at);
    }
}

package io.holdfast.order.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.PlacedOrders;
import io.holdfast.reconciliation.CheckRun;
import io.holdfast.reconciliation.CheckRun.Outcome;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.KnownFinding;
import io.holdfast.reconciliation.ReconciliationOperations;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/** Ended orders, compared with what downstream services say of them: each answers what a test has put there. */
@OnRealDatabase
class OrdersAgreeTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ReconciliationOperations reconciliation;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final OrderRepository repository;
    private final PlacedOrders placed;
    private final OrderIds ids;
    private final Clock clock;
    private final Database database;
    private final List<Map<String, Object>> reservations = new ArrayList<>();
    private final Map<String, Map<String, Object>> payments = new HashMap<>();
    private final int number = NUMBERS.incrementAndGet();

    OrdersAgreeTest(
            @Autowired ReconciliationOperations reconciliation,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired OrderRepository repository,
            @Autowired PlacedOrders placed,
            @Autowired OrderIds ids,
            @Autowired Clock clock,
            @Autowired Database database) {
        this.reconciliation = reconciliation;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.repository = repository;
        this.placed = placed;
        this.ids = ids;
        this.clock = clock;
        this.database = database;
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
                call -> Answer.ok(JSON.writeValueAsString(Map.of("payments", payments.values()))));
    }

    @Test
    void ordersThatAreAsTheyShouldBeAreNoFindings() {
        Order paid = paid();
        goods(paid, 2, "SOLD");
        money(paid, 3998, "CAPTURED");
        Order rejected = rejected();
        Order closed = closed(paid());
        goods(closed, 2, "RELEASED");
        money(closed, 3998, "GIVEN_UP");

        lookTwice();

        assertThat(findings(paid)).isEmpty();
        assertThat(findings(rejected)).isEmpty();
        assertThat(findings(closed)).isEmpty();
        assertThat(run().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aPaidOrderWhoseGoodsAreNotSoldIsFound() {
        Order order = paid();
        goods(order, 2, "RESERVED");
        money(order, 3998, "CAPTURED");

        lookTwice();

        assertThat(findings(order)).singleElement().satisfies(finding -> assertThat(finding.detail())
                .startsWith("PAID, but ordered is")
                .contains("RESERVED"));
    }

    @Test
    void aPaidOrderOfWhichTooFewGoodsAreSoldIsFound() {
        Order order = paid();
        goods(order, 1, "SOLD");
        money(order, 3998, "CAPTURED");

        lookTwice();

        assertThat(findings(order)).hasSize(1);
    }

    @Test
    void aPaidOrderWhoseMoneyIsNotTakenOrNotInThatAmountIsFound() {
        Order unpaid = paid();
        goods(unpaid, 2, "SOLD");
        Order tooCheap = paid();
        goods(tooCheap, 2, "SOLD");
        money(tooCheap, 3997, "CAPTURED");

        lookTwice();

        assertThat(findings(unpaid)).singleElement().satisfies(finding -> assertThat(finding.detail())
                .endsWith("payment-svc has no payment"));
        assertThat(findings(tooCheap)).hasSize(1);
    }

    @Test
    void aRejectedOrderThatHoldsAnythingIsFoundAndLeftToPeople() {
        Order order = rejected();
        goods(order, 2, "RESERVED");
        money(order, 3998, "OPEN");

        lookTwice();

        assertThat(findings(order)).singleElement().satisfies(finding -> {
            assertThat(finding.detail()).contains("stock-svc has", "payment-svc has");
            assertThat(finding.repair()).isNull();
        });
        assertThat(releases(order)).isZero();
    }

    @Test
    void goodsThatAreStillHeldForAClosedOrderAreAskedForOnceMoreAndOnlyOnce() {
        Order order = closed(paid());
        goods(order, 2, "SOLD");
        money(order, 3998, "GIVEN_UP");
        int before = releases(order);

        look();
        assertThat(releases(order)).isEqualTo(before);
        look();
        look();

        assertThat(releases(order)).isEqualTo(before + 1);
        assertThat(findings(order)).singleElement().satisfies(finding -> assertThat(finding.repair())
                .isNotNull());

        reservations.clear();
        goods(order, 2, "RELEASED");
        look();
        assertThat(findings(order)).isEmpty();
    }

    @Test
    void aDownstreamServiceThatIsAwayIsNoFinding() {
        Order order = paid();
        downstream.on(StandInDownstreamServices.PAYMENT_STATES, call -> Answer.hangUp());

        lookTwice();

        assertThat(findings(order)).isEmpty();
        assertThat(run().outcome()).isEqualTo(Outcome.NOT_COMPLETED);
        assertThat(run().error()).startsWith("payment-svc did not tell");
    }

    @Test
    void anOrderThatContradictsItselfIsFoundAndHidesNoOther() {
        Order contradiction = paid();
        goods(contradiction, 2, "SOLD");
        money(contradiction, 3998, "CAPTURED");
        Order unpaid = paid();
        goods(unpaid, 2, "SOLD");
        change(contradiction, "total_minor = total_minor + 1");

        lookTwice();

        assertThat(findings(contradiction)).singleElement().satisfies(finding -> assertThat(finding.detail())
                .startsWith("its rows contradict each other"));
        assertThat(findings(unpaid)).hasSize(1);
        assertThat(run().outcome()).isEqualTo(Outcome.COMPLETED);

        change(contradiction, "total_minor = total_minor - 1");
        look();
        assertThat(findings(contradiction)).isEmpty();
    }

    @Test
    void anOrderThatDoesNotEndIsFound() {
        Order order = received();
        change(order, "created_at = created_at - interval 3 hour");

        lookTwice();

        assertThat(findings(order)).singleElement().satisfies(finding -> assertThat(finding.check())
                .isEqualTo("orders-end"));
        change(order, "created_at = created_at + interval 3 hour");
        repository.reject(order.id(), order.xid(), Rejection.unavailable());
    }

    private Order received() {
        Order order = Order.received(
                        ids.next(),
                        new Purchase(
                                new BuyerId("alice"),
                                List.of(new OrderLine(new Sku("sku-agreed"), new Quantity(2), new Money(1999, "CNY"))),
                                PaymentMethod.WALLET),
                        "agree-" + number + "-" + NUMBERS.incrementAndGet(),
                        clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .placedBy("127.0.0.2:8091:7" + NUMBERS.incrementAndGet());
        repository.enter(order);
        return order;
    }

    private Order paid() {
        Order order = received();
        long branch = NUMBERS.incrementAndGet();
        placed.place(List.of(order), order.xid(), branch);
        placed.complete(order.xid(), branch);
        return order;
    }

    private Order rejected() {
        Order order = received();
        repository.reject(order.id(), order.xid(), Rejection.unavailable());
        return order;
    }

    /** As the last step of a give-up leaves it. */
    private Order closed(Order paid) {
        assertThat(database.jdbc()
                        .update(
                                "update orders set status = 'CLOSED', reason_code = 'payment-given-up', reason_detail = 'x',"
                                        + " closing_at = decided_at, released_at = decided_at where order_id = ?",
                                paid.id().value()))
                .isEqualTo(1);
        return paid;
    }

    /** By hand, past the service. */
    private void change(Order order, String set) {
        assertThat(database.jdbc()
                        .update(
                                "update orders set " + set + " where order_id = ?",
                                order.id().value()))
                .isEqualTo(1);
    }

    private void goods(Order order, int quantity, String status) {
        reservations.add(
                Map.of("orderId", order.id().value(), "sku", "sku-agreed", "quantity", quantity, "status", status));
    }

    private void money(Order order, long minor, String status) {
        payments.put(
                order.id().value(),
                Map.of(
                        "orderId",
                        order.id().value(),
                        "buyerId",
                        "alice",
                        "amount",
                        Map.of("minor", minor, "currency", "CNY"),
                        "status",
                        status));
    }

    private int releases(Order order) {
        return database.jdbc()
                .queryForObject(
                        "select count(*) from local_message where message_key = ? and topic = 'holdfast.stock.release'",
                        Integer.class,
                        order.id().value());
    }

    private void lookTwice() {
        // What ended in this millisecond is looked at in the next.
        Instant now = clock.instant();
        while (!clock.instant().isAfter(now.plusMillis(1))) {
            Thread.onSpinWait();
        }
        look();
        look();
    }

    private void look() {
        reconciliation.runNow("a test", "it wants to know");
    }

    private CheckRun run() {
        return reconciliation.checks().stream()
                .filter(check -> check.name().equals("orders-agree"))
                .findFirst()
                .orElseThrow()
                .last();
    }

    private List<KnownFinding> findings(Order order) {
        OrderId id = order.id();
        return reconciliation.findings(FindingState.OPEN, 1_000).stream()
                .filter(finding -> finding.subject().equals(id.value()))
                .toList();
    }
}

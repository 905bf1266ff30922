package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An order's whole life in the database, by whatever changes it. */
class OrderRepositoryTest extends OrderRepositoryCases {

    private static final Instant LATER_THAN_ANY = Instant.parse("2100-01-01T00:00:00Z");

    private final OrderLists lists;
    private final AutowireCapableBeanFactory beans;
    private final TransactionTemplate transaction;

    OrderRepositoryTest(
            @Autowired OrderLists lists,
            @Autowired AutowireCapableBeanFactory beans,
            @Autowired PlatformTransactionManager transactionManager) {
        this.lists = lists;
        this.beans = beans;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    @Test
    void anOrderIsReadAsItWasEntered() {
        Order order = newOrder("alice", "key-1").placedBy(xid);
        Order refused = newOrder("alice", "key-2").rejectedAtOnce(Rejection.soldOut(new Sku("a")));

        assertThat(repository.enter(order)).isTrue();
        assertThat(repository.enter(refused)).isTrue();

        assertThat(repository.find(order.id())).contains(order);
        assertThat(repository.findByKey(new BuyerId("alice"), "key-1")).contains(order);
        assertThat(repository.find(List.of(refused.id(), order.id()))).containsExactly(refused, order);
        assertThat(repository.find(ids.next())).isEmpty();
        assertThat(repository.findByKey(new BuyerId("Alice"), "key-1")).isEmpty();
    }

    @Test
    void aKeyIsTakenOnceAndTheSecondOrderLeavesNoLineBehind() {
        Order first = newOrder("bob", "key").placedBy(xid);
        Order second = newOrder("bob", "key").placedBy(xid);
        repository.enter(first);

        assertThat(repository.enter(second)).isFalse();

        assertThat(repository.find(second.id())).isEmpty();
        assertThat(database.jdbc()
                        .queryForList(
                                "select 1 from order_line where order_id = ?",
                                second.id().value()))
                .isEmpty();
    }

    @Test
    void anIdThatIsTakenIsAFaultAndNoTwin() {
        Order first = newOrder("bob", "key-a").placedBy(xid);
        repository.enter(first);
        Order sameId =
                Order.received(first.id(), first.purchase(), "key-b", NOW).placedBy(xid);

        assertThatThrownBy(() -> repository.enter(sameId)).isInstanceOf(DataIntegrityViolationException.class);
    }

    /** Everything the repository can do to an order, and what the order is then. */
    private enum Change {
        PLACE(OrderStatus.PLACED),
        REJECT(OrderStatus.REJECTED),
        AWAIT_CONFIRM(OrderStatus.CONFIRMING),
        COMPLETE(OrderStatus.PAID),
        START_CLOSING(OrderStatus.CLOSING),
        RELEASE(OrderStatus.CLOSED),
        REFUND(OrderStatus.CLOSED),
        REQUEST_CANCELLATION(OrderStatus.CLOSING),
        CANCEL(OrderStatus.REJECTED);

        private final OrderStatus result;

        Change(OrderStatus result) {
            this.result = result;
        }
    }

    private static Stream<Arguments> everyChangeInEveryStatus() {
        return Arrays.stream(OrderStatus.values())
                .flatMap(status -> Arrays.stream(Change.values()).map(change -> Arguments.of(status, change)));
    }

    @ParameterizedTest
    @MethodSource("everyChangeInEveryStatus")
    void anOrderChangesOnlyAsTheTableOfItsLifeAllows(OrderStatus from, Change change) {
        Order order = orderIn(from);

        boolean tookEffect = apply(change, order.id());

        OrderStatus after = repository.find(order.id()).orElseThrow().status();
        assertThat(after).isEqualTo(tookEffect ? change.result : from);
        if (tookEffect) {
            assertThat(from.mayBecome(change.result))
                    .as(from + " to " + change.result)
                    .isTrue();
        }
    }

    /** The other half: a guard that lets nothing through would pass the test above. */
    @ParameterizedTest
    @MethodSource("everyChangeInEveryStatus")
    void everyStepOfTheTableCanBeMade(OrderStatus from, Change change) {
        boolean meant =
                switch (change) {
                    case PLACE, REJECT -> from == OrderStatus.RECEIVED;
                    case AWAIT_CONFIRM, CANCEL -> from == OrderStatus.PLACED;
                    case COMPLETE, START_CLOSING -> from == OrderStatus.PLACED || from == OrderStatus.CONFIRMING;
                    case RELEASE -> from == OrderStatus.CLOSING;
                    // It was given up, so there is nothing to refund.
                    case REFUND -> false;
                    case REQUEST_CANCELLATION -> from == OrderStatus.PAID;
                };

        assertThat(apply(change, orderIn(from).id())).isEqualTo(meant);
    }

    @Test
    void aBranchIsCompletedAsAWholeOrNotAtAll() {
        Order one = entered("whole-1");
        Order two = entered("whole-2");
        placedOrders.place(List.of(one, two), xid, BRANCH);
        assertThat(placedOrders.ordersOf(xid, BRANCH)).containsExactlyInAnyOrder(one.id(), two.id());
        database.jdbc().update("""
                update orders set status = 'REJECTED', reason_code = 'abandoned', reason_detail = 'x', decided_at = created_at
                where order_id = ?""", two.id().value());

        assertThatThrownBy(() -> placedOrders.complete(xid, BRANCH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 instead of 2");
        assertThatThrownBy(() -> placedOrders.cancel(xid, BRANCH, Rejection.rolledBack()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> placedOrders.complete(xid, BRANCH + 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No order");
    }

    @Test
    void whatAnotherProcessHasPlacedIsCompletedAndAnsweredAsTheRowsSay() {
        PlacedOrders elsewhere = beans.createBean(PlacedOrders.class);
        Order one = entered("elsewhere-1");
        Order two = entered("elsewhere-2");
        elsewhere.place(List.of(two, one), xid, BRANCH);

        assertThat(placedOrders.ordersOf(xid, BRANCH))
                .containsExactlyElementsOf(elsewhere.ordersOf(xid, BRANCH))
                .containsExactly(one.id(), two.id());
        placedOrders.complete(xid, BRANCH);

        assertThat(elsewhere.decided(List.of(two, one), xid))
                .isEqualTo(repository.find(List.of(two.id(), one.id())))
                .extracting(Order::status)
                .containsOnly(OrderStatus.PAID);
        assertThat(messagesOf(one.id())).containsExactly("paid", "placed");
        assertThat(messagesOf(two.id())).containsExactly("paid", "placed");
    }

    @Test
    void aConfirmThatWasRolledBackIsNotAnsweredAsPaidAndCanBeMadeAgain() {
        Order order = entered("rolled-back-confirm");
        placedOrders.place(List.of(order), xid, BRANCH);
        transaction.executeWithoutResult(status -> {
            placedOrders.complete(xid, BRANCH);
            status.setRollbackOnly();
        });

        assertThat(placedOrders.decided(List.of(order), xid))
                .extracting(Order::status)
                .containsExactly(OrderStatus.CONFIRMING);
        placedOrders.complete(xid, BRANCH);

        assertThat(placedOrders.decided(List.of(order), xid))
                .isEqualTo(repository.find(List.of(order.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.PAID);
        assertThat(messagesOf(order.id())).containsExactly("paid", "placed");
    }

    @Test
    void anOrderOfAnotherGlobalTransactionIsLeftAlone() {
        Order order = entered("foreign");
        String other = StandInCoordinator.newXid();

        assertThatThrownBy(() -> placedOrders.place(List.of(order), other, BRANCH))
                .isInstanceOf(OrderNotReceivedException.class);
        assertThat(repository.reject(order.id(), other, Rejection.unavailable()))
                .isFalse();
        repository.rebind(List.of(order.id()), other, StandInCoordinator.newXid());
        assertThat(repository.find(order.id())).contains(order);

        repository.rebind(List.of(order.id()), xid, other);
        assertThat(repository.find(order.id()).orElseThrow().xid()).isEqualTo(other);
    }

    @Test
    void ordersThatAreKnownAreReadAsTheyAreNowAndInTheOrderGiven() {
        Order rejected = entered("now-1");
        Order placed = entered("now-2");
        repository.reject(rejected.id(), xid, Rejection.unavailable());
        placedOrders.place(List.of(placed), xid, BRANCH);

        assertThat(repository.current(List.of(placed, newOrder("alice", "never-entered"), rejected)))
                .isEqualTo(repository.find(List.of(placed.id(), rejected.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.PLACED, OrderStatus.REJECTED);
    }

    @Test
    void afterACommitPaidOrdersAreToldAsTheyAreAndOthersBecomeConfirming() {
        Order one = entered("decided-1");
        Order two = entered("decided-2");
        placedOrders.place(List.of(one), xid, BRANCH);
        placedOrders.complete(xid, BRANCH);

        assertThat(placedOrders.decided(List.of(one), xid))
                .isEqualTo(repository.find(List.of(one.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.PAID);

        placedOrders.place(List.of(two), xid, BRANCH + 1);
        assertThat(placedOrders.decided(List.of(two, one), xid))
                .isEqualTo(repository.find(List.of(two.id(), one.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.CONFIRMING, OrderStatus.PAID);
    }

    /** The order has gone on since: only its row says how it stands. */
    @Test
    void whatIsKnownOfAnotherGlobalTransactionIsNotTakenForTheAnswer() {
        Order order = entered("other-xid");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.complete(xid, BRANCH);
        closingOrders.requestCancellation(order.id(), CANCELLATION);

        assertThat(placedOrders.decided(List.of(order), StandInCoordinator.newXid()))
                .extracting(Order::status)
                .containsExactly(OrderStatus.CLOSING);
    }

    @Test
    void everyConnectionReadsCommittedWithoutBeingTold(@Autowired DataSource pool) {
        assertThat(JdbcClient.create(pool)
                        .sql("select @@session.tx_isolation")
                        .query(String.class)
                        .single())
                .isEqualTo("READ-COMMITTED");
    }

    @Test
    void theSchemaItselfRefusesAnOrderThatNobodyWouldEnd() {
        Order order = newOrder("carol", "no-xid");

        assertThatThrownBy(() -> repository.enter(order)).isInstanceOf(DataIntegrityViolationException.class);
    }

    /** Each of these changes with every step of an order, and would take its indexes along. */
    @Test
    void noIndexHoldsWhatChangesBeforeAnOrderEnds() {
        assertThat(database.jdbc().queryForList("""
                        select index_name from information_schema.statistics
                        where table_schema = database() and table_name = 'orders' and column_name in ('status', 'branch_id')
                        """, String.class)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(OrderStatus.class)
    void ordersAreListedAndCountedByTheirStatus(OrderStatus status) {
        BuyerId buyer = new BuyerId("has-one-in-each-beside-" + status);
        for (OrderStatus each : OrderStatus.values()) {
            orderIn(each, buyer.value(), StandInCoordinator.newXid());
        }

        OrderPage page = lists.page(new OrderFilter(status, buyer), 0, 10);

        assertThat(page.orders()).extracting(Order::status).containsExactly(status);
        assertThat(page.total()).isEqualTo(1);
        assertThat(lists.page(new OrderFilter(null, buyer), 0, 10).total()).isEqualTo(OrderStatus.values().length);
        assertThat(lists.notEndedSince(LATER_THAN_ANY, 10_000))
                .extracting(OrderLists.Unfinished::status)
                .contains(OrderStatus.RECEIVED, OrderStatus.CLOSING)
                .doesNotContain(OrderStatus.PAID, OrderStatus.CLOSED, OrderStatus.REJECTED);
    }

    @Test
    void receivedOrdersAreFoundPageByPageOldestFirst() {
        List<OrderId> entered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            // Three of them in one millisecond.
            Instant at = Instant.parse("2001-01-01T00:00:00Z").plusMillis(Math.min(i, 2));
            Order order = Order.received(ids.next(), purchase("dora"), "old-" + xid + i, at)
                    .placedBy(xid);
            repository.enter(order);
            entered.add(order.id());
        }
        Instant before = Instant.parse("2001-01-01T00:01:00Z");

        List<OrderLists.Undecided> first = lists.receivedBefore(before, null, 3);
        List<OrderLists.Undecided> second = lists.receivedBefore(before, first.get(2), 3);

        assertThat(Stream.concat(first.stream(), second.stream()).map(OrderLists.Undecided::id))
                .containsExactlyInAnyOrderElementsOf(entered);
        assertThat(second).hasSize(2);
        assertThat(lists.receivedBefore(Instant.parse("2001-01-01T00:00:00.001Z"), null, 10))
                .hasSize(1);
        entered.forEach(id -> repository.reject(id, xid, Rejection.abandoned()));
        assertThat(lists.receivedBefore(before, null, 3)).isEmpty();
    }

    /** @return whether it took effect; a change that finds it done already has none */
    private boolean apply(Change change, OrderId id) {
        OrderStatus before = repository.find(id).orElseThrow().status();
        try {
            switch (change) {
                case PLACE -> placedOrders.place(List.of(repository.find(id).orElseThrow()), xid, BRANCH);
                case REJECT -> repository.reject(id, xid, Rejection.unavailable());
                case AWAIT_CONFIRM -> placedOrders.awaitConfirm(xid);
                case COMPLETE -> placedOrders.complete(xid, BRANCH);
                case START_CLOSING -> closingOrders.startClosing(xid, BRANCH, Map.of(id, "declined"));
                case RELEASE -> closingOrders.released(id, NOW);
                case REFUND -> closingOrders.refunded(id, NOW);
                case REQUEST_CANCELLATION -> closingOrders.requestCancellation(id, CANCELLATION);
                case CANCEL -> placedOrders.cancel(xid, BRANCH, Rejection.rolledBack());
            }
        } catch (OrderNotReceivedException | IllegalStateException guarded) {
            return false;
        }
        return repository.find(id).orElseThrow().status() != before;
    }

    @Test
    void whatIsRolledBackIsToldToNobody() {
        Order one = entered("untold-1");
        Order two = entered("untold-2");
        placedOrders.place(List.of(one, two), xid, BRANCH);
        database.jdbc().update("""
                update orders set status = 'REJECTED', reason_code = 'abandoned', reason_detail = 'x', decided_at = created_at
                where order_id = ?""", two.id().value());

        assertThatThrownBy(() -> placedOrders.complete(xid, BRANCH)).isInstanceOf(IllegalStateException.class);

        assertThat(messagesOf(one.id())).containsExactly("placed");
    }
}

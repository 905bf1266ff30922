package io.holdfast.order.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.intake.OrderIds;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;

@OnRealDatabase
class OrderBookTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
    private static final long BRANCH = 7;

    private final String xid = StandInCoordinator.newXid();
    private final OrderBook book;
    private final OrderIds ids;
    private final Database database;

    OrderBookTest(@Autowired OrderBook book, @Autowired OrderIds ids, @Autowired Database database) {
        this.book = book;
        this.ids = ids;
        this.database = database;
    }

    @Test
    void anOrderIsReadAsItWasEntered() {
        Order order = newOrder("alice", "key-1").placedBy(xid);
        Order refused = newOrder("alice", "key-2").rejectedAtOnce(Rejection.soldOut(new Sku("a")));

        assertThat(book.enter(order)).isTrue();
        assertThat(book.enter(refused)).isTrue();

        assertThat(book.find(order.id())).contains(order);
        assertThat(book.findByKey(new BuyerId("alice"), "key-1")).contains(order);
        assertThat(book.find(List.of(refused.id(), order.id()))).containsExactly(refused, order);
        assertThat(book.find(ids.next())).isEmpty();
        assertThat(book.findByKey(new BuyerId("Alice"), "key-1")).isEmpty();
    }

    @Test
    void aKeyIsTakenOnceAndTheSecondOrderLeavesNoLineBehind() {
        Order first = newOrder("bob", "key").placedBy(xid);
        Order second = newOrder("bob", "key").placedBy(xid);
        book.enter(first);

        assertThat(book.enter(second)).isFalse();

        assertThat(book.find(second.id())).isEmpty();
        assertThat(database.jdbc()
                        .queryForList(
                                "select 1 from order_line where order_id = ?",
                                second.id().value()))
                .isEmpty();
    }

    @Test
    void anIdThatIsTakenIsAFaultAndNoTwin() {
        Order first = newOrder("bob", "key-a").placedBy(xid);
        book.enter(first);
        Order sameId =
                Order.received(first.id(), first.purchase(), "key-b", NOW).placedBy(xid);

        assertThatThrownBy(() -> book.enter(sameId)).isInstanceOf(DataIntegrityViolationException.class);
    }

    /** Everything the book can do to an order, and what the order is then. */
    private enum Change {
        PLACE(OrderStatus.PLACED),
        REJECT(OrderStatus.REJECTED),
        AWAIT_CONFIRM(OrderStatus.CONFIRMING),
        COMPLETE(OrderStatus.PAID),
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

        OrderStatus after = book.find(order.id()).orElseThrow().status();
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
                    case COMPLETE -> from == OrderStatus.PLACED || from == OrderStatus.CONFIRMING;
                };

        assertThat(apply(change, orderIn(from).id())).isEqualTo(meant);
    }

    @Test
    void aBranchIsCompletedAsAWholeOrNotAtAll() {
        Order one = entered("whole-1");
        Order two = entered("whole-2");
        book.place(List.of(one.id(), two.id()), xid, BRANCH);
        assertThat(book.ordersOf(xid, BRANCH)).containsExactlyInAnyOrder(one.id(), two.id());
        database.jdbc().update("""
                update orders set status = 'REJECTED', reason_code = 'abandoned', reason_detail = 'x', decided_at = created_at
                where order_id = ?""", two.id().value());

        assertThatThrownBy(() -> book.complete(xid, BRANCH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 instead of 2");
        assertThatThrownBy(() -> book.cancel(xid, BRANCH, Rejection.rolledBack()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> book.complete(xid, BRANCH + 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No order");
    }

    @Test
    void anOrderOfAnotherGlobalTransactionIsLeftAlone() {
        Order order = entered("foreign");
        String other = StandInCoordinator.newXid();

        assertThatThrownBy(() -> book.place(List.of(order.id()), other, BRANCH))
                .isInstanceOf(OrderNotReceivedException.class);
        assertThat(book.reject(order.id(), other, Rejection.unavailable())).isFalse();
        book.rebind(List.of(order.id()), other, StandInCoordinator.newXid());
        assertThat(book.find(order.id())).contains(order);

        book.rebind(List.of(order.id()), xid, other);
        assertThat(book.find(order.id()).orElseThrow().xid()).isEqualTo(other);
    }

    @Test
    void theSchemaItselfRefusesAnOrderThatNobodyWouldEnd() {
        Order order = newOrder("carol", "no-xid");

        assertThatThrownBy(() -> book.enter(order)).isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void receivedOrdersAreFoundPageByPageOldestFirst() {
        List<OrderId> entered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            // Three of them in one millisecond.
            Instant at = Instant.parse("2001-01-01T00:00:00Z").plusMillis(Math.min(i, 2));
            Order order = Order.received(ids.next(), purchase("dora"), "old-" + xid + i, at)
                    .placedBy(xid);
            book.enter(order);
            entered.add(order.id());
        }
        Instant before = Instant.parse("2001-01-01T00:01:00Z");

        List<OrderBook.Undecided> first = book.receivedBefore(before, null, 3);
        List<OrderBook.Undecided> second = book.receivedBefore(before, first.get(2), 3);

        assertThat(Stream.concat(first.stream(), second.stream()).map(OrderBook.Undecided::id))
                .containsExactlyInAnyOrderElementsOf(entered);
        assertThat(second).hasSize(2);
        assertThat(book.receivedBefore(Instant.parse("2001-01-01T00:00:00.001Z"), null, 10))
                .hasSize(1);
        entered.forEach(id -> book.reject(id, xid, Rejection.abandoned()));
        assertThat(book.receivedBefore(before, null, 3)).isEmpty();
    }

    private boolean apply(Change change, OrderId id) {
        try {
            return switch (change) {
                case PLACE -> {
                    book.place(List.of(id), xid, BRANCH);
                    yield true;
                }
                case REJECT -> book.reject(id, xid, Rejection.unavailable());
                case AWAIT_CONFIRM -> book.awaitConfirm(xid) == 1;
                case COMPLETE -> {
                    book.complete(xid, BRANCH);
                    yield true;
                }
                case CANCEL -> {
                    book.cancel(xid, BRANCH, Rejection.rolledBack());
                    yield true;
                }
            };
        } catch (OrderNotReceivedException | IllegalStateException guarded) {
            return false;
        }
    }

    private Order orderIn(OrderStatus status) {
        Order order = entered("in-" + status + xid);
        if (status != OrderStatus.RECEIVED) {
            book.place(List.of(order.id()), xid, BRANCH);
        }
        switch (status) {
            case RECEIVED, PLACED -> {}
            case CONFIRMING -> book.awaitConfirm(xid);
            case PAID -> book.complete(xid, BRANCH);
            case REJECTED -> book.cancel(xid, BRANCH, Rejection.rolledBack());
        }
        assertThat(book.find(order.id()).orElseThrow().status()).isEqualTo(status);
        return order;
    }

    private Order entered(String key) {
        Order order = newOrder("alice", key + xid).placedBy(xid);
        assertThat(book.enter(order)).isTrue();
        return order;
    }

    private Order newOrder(String buyer, String key) {
        return Order.received(ids.next(), purchase(buyer), key, NOW);
    }

    private static Purchase purchase(String buyer) {
        return new Purchase(
                new BuyerId(buyer),
                List.of(
                        new OrderLine(new Sku("b"), new Quantity(2), new Money(1999, "CNY")),
                        new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                PaymentMethod.WALLET);
    }
}

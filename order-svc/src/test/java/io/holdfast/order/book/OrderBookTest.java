package io.holdfast.order.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.intake.OrderIds;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CancellationWish;
import io.holdfast.order.model.Closing;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An order's whole life in the database, by whatever changes it. */
@OnRealDatabase
class OrderBookTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
    private static final Instant LATER_THAN_ANY = Instant.parse("2100-01-01T00:00:00Z");
    private static final long BRANCH = 7;
    private static final CancellationWish WISH = CancellationWish.of("Ordered twice.", NOW);

    private final String xid = StandInCoordinator.newXid();
    private final OrderBook book;
    private final PlacedOrders placedOrders;
    private final ClosingOrders closingOrders;
    private final OrderLists lists;
    private final OrderIds ids;
    private final Database database;
    private final AutowireCapableBeanFactory beans;
    private final TransactionTemplate transaction;

    OrderBookTest(
            @Autowired OrderBook book,
            @Autowired PlacedOrders placedOrders,
            @Autowired ClosingOrders closingOrders,
            @Autowired OrderLists lists,
            @Autowired OrderIds ids,
            @Autowired Database database,
            @Autowired AutowireCapableBeanFactory beans,
            @Autowired PlatformTransactionManager transactionManager) {
        this.beans = beans;
        this.transaction = new TransactionTemplate(transactionManager);
        this.book = book;
        this.placedOrders = placedOrders;
        this.closingOrders = closingOrders;
        this.lists = lists;
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
        START_CLOSING(OrderStatus.CLOSING),
        RELEASE(OrderStatus.CLOSED),
        REFUND(OrderStatus.CLOSED),
        CANCEL_ON_WISH(OrderStatus.CLOSING),
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
                    case COMPLETE, START_CLOSING -> from == OrderStatus.PLACED || from == OrderStatus.CONFIRMING;
                    case RELEASE -> from == OrderStatus.CLOSING;
                    // It was given up, so there is nothing to refund.
                    case REFUND -> false;
                    case CANCEL_ON_WISH -> from == OrderStatus.PAID;
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
                .isEqualTo(book.find(List.of(two.id(), one.id())))
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
                .isEqualTo(book.find(List.of(order.id())))
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
        assertThat(book.reject(order.id(), other, Rejection.unavailable())).isFalse();
        book.rebind(List.of(order.id()), other, StandInCoordinator.newXid());
        assertThat(book.find(order.id())).contains(order);

        book.rebind(List.of(order.id()), xid, other);
        assertThat(book.find(order.id()).orElseThrow().xid()).isEqualTo(other);
    }

    @Test
    void ordersThatAreKnownAreReadAsTheyAreNowAndInTheOrderGiven() {
        Order rejected = entered("now-1");
        Order placed = entered("now-2");
        book.reject(rejected.id(), xid, Rejection.unavailable());
        placedOrders.place(List.of(placed), xid, BRANCH);

        assertThat(book.current(List.of(placed, newOrder("alice", "never-entered"), rejected)))
                .isEqualTo(book.find(List.of(placed.id(), rejected.id())))
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
                .isEqualTo(book.find(List.of(one.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.PAID);

        placedOrders.place(List.of(two), xid, BRANCH + 1);
        assertThat(placedOrders.decided(List.of(two, one), xid))
                .isEqualTo(book.find(List.of(two.id(), one.id())))
                .extracting(Order::status)
                .containsExactly(OrderStatus.CONFIRMING, OrderStatus.PAID);
    }

    @Test
    void theSchemaItselfRefusesAnOrderThatNobodyWouldEnd() {
        Order order = newOrder("carol", "no-xid");

        assertThatThrownBy(() -> book.enter(order)).isInstanceOf(DataIntegrityViolationException.class);
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
            book.enter(order);
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
        entered.forEach(id -> book.reject(id, xid, Rejection.abandoned()));
        assertThat(lists.receivedBefore(before, null, 3)).isEmpty();
    }

    /** @return whether it took effect; a change that finds it done already has none */
    private boolean apply(Change change, OrderId id) {
        OrderStatus before = book.find(id).orElseThrow().status();
        try {
            switch (change) {
                case PLACE -> placedOrders.place(List.of(book.find(id).orElseThrow()), xid, BRANCH);
                case REJECT -> book.reject(id, xid, Rejection.unavailable());
                case AWAIT_CONFIRM -> placedOrders.awaitConfirm(xid);
                case COMPLETE -> placedOrders.complete(xid, BRANCH);
                case START_CLOSING -> closingOrders.startClosing(xid, BRANCH, Map.of(id, "declined"));
                case RELEASE -> closingOrders.released(id, NOW);
                case REFUND -> closingOrders.refunded(id, NOW);
                case CANCEL_ON_WISH -> closingOrders.cancelOnWish(id, WISH);
                case CANCEL -> placedOrders.cancel(xid, BRANCH, Rejection.rolledBack());
            }
        } catch (OrderNotReceivedException | IllegalStateException guarded) {
            return false;
        }
        return book.find(id).orElseThrow().status() != before;
    }

    @Test
    void ofABranchSomeOrdersAreClosedAndTheOthersPaidHoweverOftenItIsTriedAgain() {
        Order one = entered("close-1");
        Order two = entered("close-2");
        placedOrders.place(List.of(one, two), xid, BRANCH);
        placedOrders.awaitConfirm(xid);

        closingOrders.startClosing(xid, BRANCH, Map.of(one.id(), "The card was declined."));
        closingOrders.released(one.id(), NOW);
        // As after a kill before the Confirm.
        closingOrders.startClosing(xid, BRANCH, Map.of(one.id(), "The card was declined."));
        placedOrders.complete(xid, BRANCH);

        Order closed = book.find(one.id()).orElseThrow();
        assertThat(closed.status()).isEqualTo(OrderStatus.CLOSED);
        assertThat(closed.whyClosed()).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("The card was declined.");
            assertThat(why.releasedAt()).isEqualTo(NOW);
        });
        assertThat(book.find(two.id()).orElseThrow().status()).isEqualTo(OrderStatus.PAID);
        assertThat(messagesOf(one.id())).containsExactly("closed", "placed", "release-stock");
        assertThat(messagesOf(two.id())).containsExactly("paid", "placed");
    }

    @Test
    void aPaidOrderThatIsCancelledIsClosedOnceGoodsAndMoneyAreBackInEitherOrder() {
        for (boolean moneyFirst : List.of(true, false)) {
            Order order = entered("cancelled-" + moneyFirst);
            placedOrders.place(List.of(order), xid, BRANCH + (moneyFirst ? 1 : 2));
            placedOrders.complete(xid, BRANCH + (moneyFirst ? 1 : 2));

            Order closing = closingOrders.cancelOnWish(order.id(), WISH).orElseThrow();
            assertThat(closing.status()).isEqualTo(OrderStatus.CLOSING);
            assertThat(closingOrders.cancelOnWish(
                            order.id(), CancellationWish.of("Another reason.", NOW.plusSeconds(9))))
                    .contains(closing);

            assertThat(moneyFirst ? closingOrders.refunded(order.id(), NOW) : closingOrders.released(order.id(), NOW))
                    .isEqualTo(OrderStatus.CLOSING);
            // The same again changes nothing.
            assertThatThrownBy(() -> {
                        if (moneyFirst) {
                            closingOrders.refunded(order.id(), NOW);
                        } else {
                            closingOrders.released(order.id(), NOW);
                        }
                    })
                    .isInstanceOf(IllegalStateException.class);
            assertThat(moneyFirst ? closingOrders.released(order.id(), NOW) : closingOrders.refunded(order.id(), NOW))
                    .isEqualTo(OrderStatus.CLOSED);

            assertThat(book.find(order.id()).orElseThrow().whyClosed()).hasValueSatisfying(why -> {
                assertThat(why.cause()).isEqualTo(Closing.Cause.CANCELLED);
                assertThat(why.reason()).isEqualTo("Ordered twice.");
                assertThat(why.since()).isEqualTo(NOW);
                assertThat(why.paidAt()).isNotNull();
                assertThat(why.releasedAt()).isEqualTo(NOW);
                assertThat(why.refundedAt()).isEqualTo(NOW);
            });
            assertThat(messagesOf(order.id()))
                    .containsExactly("closed", "paid", "placed", "refund-payment", "release-stock");
        }
    }

    @Test
    void ofABranchAnOrderThatIsNotWantedAnyMoreGoesOnToClosingAndIsNeverToldOfAsPaid() {
        Order unwanted = entered("wish-1");
        Order wanted = entered("wish-2");
        placedOrders.place(List.of(unwanted, wanted), xid, BRANCH);
        placedOrders.awaitConfirm(xid);

        Order noted = closingOrders.cancelOnWish(unwanted.id(), WISH).orElseThrow();
        assertThat(noted.status()).isEqualTo(OrderStatus.CONFIRMING);
        assertThat(noted.cancellationWish()).contains(WISH);
        assertThat(closingOrders.cancelOnWish(unwanted.id(), CancellationWish.of("Later.", NOW.plusSeconds(1))))
                .contains(noted);
        assertThat(messagesOf(unwanted.id())).containsExactly("placed");

        placedOrders.complete(xid, BRANCH);

        assertThat(book.find(unwanted.id()).orElseThrow().status()).isEqualTo(OrderStatus.CLOSING);
        assertThat(book.find(wanted.id()).orElseThrow().status()).isEqualTo(OrderStatus.PAID);
        assertThat(messagesOf(unwanted.id())).containsExactly("placed", "refund-payment", "release-stock");
        assertThat(messagesOf(wanted.id())).containsExactly("paid", "placed");
        closingOrders.released(unwanted.id(), NOW);
        closingOrders.refunded(unwanted.id(), NOW);
        assertThat(book.find(unwanted.id()).orElseThrow().whyClosed()).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("Ordered twice.");
            assertThat(why.paidAt()).isNull();
        });
    }

    @Test
    void aWishThatComesBeforeTheGiveUpNeedsNoRefund() {
        Order order = entered("wish-given-up");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.awaitConfirm(xid);
        closingOrders.cancelOnWish(order.id(), WISH);

        closingOrders.startClosing(xid, BRANCH, Map.of(order.id(), "The card was declined."));
        placedOrders.complete(xid, BRANCH);

        assertThat(closingOrders.released(order.id(), NOW)).isEqualTo(OrderStatus.CLOSED);
        assertThat(messagesOf(order.id())).containsExactly("closed", "placed", "release-stock");
        assertThatThrownBy(() -> closingOrders.refunded(order.id(), NOW)).isInstanceOf(IllegalStateException.class);
        assertThat(book.find(order.id()).orElseThrow().whyClosed())
                .map(Closing::cause)
                .contains(Closing.Cause.PAYMENT_GIVEN_UP);
    }

    @Test
    void ofManyWhoCancelAnOrderAtOnceOneSetOfMessagesIsWritten() throws Exception {
        Order order = entered("crowd");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.complete(xid, BRANCH);

        List<Order> seen = together(24, number -> closingOrders
                .cancelOnWish(order.id(), CancellationWish.of("By " + number, NOW.plusMillis(number)))
                .orElseThrow());

        assertThat(Set.copyOf(seen)).as("all see the one cancellation").hasSize(1);
        assertThat(seen.get(0).status()).isEqualTo(OrderStatus.CLOSING);
        assertThat(messagesOf(order.id())).containsExactly("paid", "placed", "refund-payment", "release-stock");
    }

    /** Whoever comes first: the order is cancelled, once, and never left PAID or with a wish that nobody sees. */
    @Test
    void aCancellationThatRacesWithTheConfirmEndsInClosingEachTime() throws Exception {
        int fromConfirming = 0;
        int rounds = 60;
        for (int round = 0; round < rounds; round++) {
            String raced = StandInCoordinator.newXid();
            Order order = newOrder("alice", "race-" + raced).placedBy(raced);
            book.enter(order);
            placedOrders.place(List.of(order), raced, BRANCH);
            placedOrders.awaitConfirm(raced);

            List<Order> seen = together(4, number -> {
                if (number == 0) {
                    placedOrders.complete(raced, BRANCH);
                }
                return number == 0
                        ? order
                        : closingOrders.cancelOnWish(order.id(), WISH).orElseThrow();
            });

            Order after = book.find(order.id()).orElseThrow();
            assertThat(after.status()).as("round %d: %s", round, seen).isEqualTo(OrderStatus.CLOSING);
            List<String> messages = messagesOf(order.id());
            assertThat(messages).contains("refund-payment", "release-stock").doesNotHaveDuplicates();
            boolean wasPaid = after.closing().paidAt() != null;
            assertThat(messages.contains("paid")).isEqualTo(wasPaid);
            fromConfirming += wasPaid ? 0 : 1;
        }
        // A race that always ends the same way is none.
        assertThat(fromConfirming).isBetween(1, rounds - 1);
    }

    @Test
    void theSchemaItselfLeavesNoOrderBetweenGivenBackAndClosed() {
        Order order = entered("schema");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.complete(xid, BRANCH);
        String id = order.id().value();

        for (String nonsense : List.of(
                "refunded_at = created_at",
                "released_at = created_at",
                "paid_at = created_at",
                "cancel_asked_at = created_at",
                "cancel_asked_at = created_at, cancel_reason = 'x'",
                "status = 'CLOSING', closing_at = created_at, decided_at = null, reason_code = 'cancelled', reason_detail = 'x'")) {
            assertThatThrownBy(
                            () -> database.jdbc().update("update orders set " + nonsense + " where order_id = ?", id))
                    .as(nonsense)
                    .isInstanceOf(DataAccessException.class);
        }
        closingOrders.cancelOnWish(order.id(), WISH);
        closingOrders.released(order.id(), NOW);
        for (String nonsense : List.of("refunded_at = created_at", "status = 'CLOSED', decided_at = created_at")) {
            assertThatThrownBy(
                            () -> database.jdbc().update("update orders set " + nonsense + " where order_id = ?", id))
                    .as(nonsense)
                    .isInstanceOf(DataAccessException.class);
        }
    }

    /** Everyone is ready before the first begins. */
    private static List<Order> together(int size, IntFunction<Order> action) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        CyclicBarrier ready = new CyclicBarrier(size);
        try {
            List<Future<Order>> futures = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int number = i;
                futures.add(threads.submit(() -> {
                    ready.await(30, TimeUnit.SECONDS);
                    return action.apply(number);
                }));
            }
            List<Order> results = new ArrayList<>();
            for (Future<Order> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
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

    private List<String> messagesOf(OrderId id) {
        return database.jdbc()
                .queryForList(
                        "select substring_index(id, ':', -1) from local_message where message_key = ? order by 1",
                        String.class,
                        id.value());
    }

    private Order orderIn(OrderStatus status) {
        return orderIn(status, "alice", xid);
    }

    private Order orderIn(OrderStatus status, String buyer, String xid) {
        Order order = newOrder(buyer, "in-" + status + xid).placedBy(xid);
        assertThat(book.enter(order)).isTrue();
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

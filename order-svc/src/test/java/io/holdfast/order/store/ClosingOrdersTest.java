package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** The way back of orders that were given up or cancelled. */
class ClosingOrdersTest extends OrderRepositoryCases {

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

        Order closed = repository.find(one.id()).orElseThrow();
        assertThat(closed.status()).isEqualTo(OrderStatus.CLOSED);
        assertThat(closed.whyClosed()).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("The card was declined.");
            assertThat(why.releasedAt()).isEqualTo(NOW);
        });
        assertThat(repository.find(two.id()).orElseThrow().status()).isEqualTo(OrderStatus.PAID);
        assertThat(messagesOf(one.id())).containsExactly("closed", "placed", "release-stock");
        assertThat(messagesOf(two.id())).containsExactly("paid", "placed");
    }

    @Test
    void aPaidOrderThatIsCancelledIsClosedOnceGoodsAndMoneyAreBackInEitherOrder() {
        for (boolean moneyFirst : List.of(true, false)) {
            Order order = entered("cancelled-" + moneyFirst);
            placedOrders.place(List.of(order), xid, BRANCH + (moneyFirst ? 1 : 2));
            placedOrders.complete(xid, BRANCH + (moneyFirst ? 1 : 2));

            Order closing =
                    closingOrders.requestCancellation(order.id(), CANCELLATION).orElseThrow();
            assertThat(closing.status()).isEqualTo(OrderStatus.CLOSING);
            assertThat(closingOrders.requestCancellation(
                            order.id(), CancellationRequest.of("Another reason.", NOW.plusSeconds(9))))
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

            assertThat(repository.find(order.id()).orElseThrow().whyClosed()).hasValueSatisfying(why -> {
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

        Order noted =
                closingOrders.requestCancellation(unwanted.id(), CANCELLATION).orElseThrow();
        assertThat(noted.status()).isEqualTo(OrderStatus.CONFIRMING);
        assertThat(noted.cancellationRequest()).contains(CANCELLATION);
        assertThat(closingOrders.requestCancellation(
                        unwanted.id(), CancellationRequest.of("Later.", NOW.plusSeconds(1))))
                .contains(noted);
        assertThat(messagesOf(unwanted.id())).containsExactly("placed");

        placedOrders.complete(xid, BRANCH);

        assertThat(repository.find(unwanted.id()).orElseThrow().status()).isEqualTo(OrderStatus.CLOSING);
        assertThat(repository.find(wanted.id()).orElseThrow().status()).isEqualTo(OrderStatus.PAID);
        assertThat(messagesOf(unwanted.id())).containsExactly("placed", "refund-payment", "release-stock");
        assertThat(messagesOf(wanted.id())).containsExactly("paid", "placed");
        closingOrders.released(unwanted.id(), NOW);
        closingOrders.refunded(unwanted.id(), NOW);
        assertThat(repository.find(unwanted.id()).orElseThrow().whyClosed()).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("Ordered twice.");
            assertThat(why.paidAt()).isNull();
        });
    }

    @Test
    void aCancellationRequestThatComesBeforeTheGiveUpNeedsNoRefund() {
        Order order = entered("wish-given-up");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.awaitConfirm(xid);
        closingOrders.requestCancellation(order.id(), CANCELLATION);

        closingOrders.startClosing(xid, BRANCH, Map.of(order.id(), "The card was declined."));
        placedOrders.complete(xid, BRANCH);

        assertThat(closingOrders.released(order.id(), NOW)).isEqualTo(OrderStatus.CLOSED);
        assertThat(messagesOf(order.id())).containsExactly("closed", "placed", "release-stock");
        assertThatThrownBy(() -> closingOrders.refunded(order.id(), NOW)).isInstanceOf(IllegalStateException.class);
        assertThat(repository.find(order.id()).orElseThrow().whyClosed())
                .map(Closing::cause)
                .contains(Closing.Cause.PAYMENT_GIVEN_UP);
    }

    @Test
    void ofManyWhoCancelAnOrderAtOnceOneSetOfMessagesIsWritten() throws Exception {
        Order order = entered("crowd");
        placedOrders.place(List.of(order), xid, BRANCH);
        placedOrders.complete(xid, BRANCH);

        List<Order> seen = together(24, number -> closingOrders
                .requestCancellation(order.id(), CancellationRequest.of("By " + number, NOW.plusMillis(number)))
                .orElseThrow());

        assertThat(Set.copyOf(seen)).as("all see the one cancellation").hasSize(1);
        assertThat(seen.get(0).status()).isEqualTo(OrderStatus.CLOSING);
        assertThat(messagesOf(order.id())).containsExactly("paid", "placed", "refund-payment", "release-stock");
    }

    /** Whoever comes first: the order is cancelled, once, and never left PAID or with a request that nobody sees. */
    @Test
    void aCancellationThatRacesWithTheConfirmEndsInClosingEachTime() throws Exception {
        int fromConfirming = 0;
        int rounds = 60;
        for (int round = 0; round < rounds; round++) {
            String raced = StandInCoordinator.newXid();
            Order order = newOrder("alice", "race-" + raced).placedBy(raced);
            repository.enter(order);
            placedOrders.place(List.of(order), raced, BRANCH);
            placedOrders.awaitConfirm(raced);

            List<Order> seen = together(4, number -> {
                if (number == 0) {
                    placedOrders.complete(raced, BRANCH);
                }
                return number == 0
                        ? order
                        : closingOrders
                                .requestCancellation(order.id(), CANCELLATION)
                                .orElseThrow();
            });

            Order after = repository.find(order.id()).orElseThrow();
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
        closingOrders.requestCancellation(order.id(), CANCELLATION);
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
}

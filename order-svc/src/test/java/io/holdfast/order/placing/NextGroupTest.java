package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who goes next: first come, first served, and nobody takes more than a share while others wait. */
class NextGroupTest {

    private final Deque<WaitingOrder> queue = new ArrayDeque<>();

    @Test
    void aBuyerOfManyLongOrdersHasAShareOfTheLinesAndWhoComesLaterGoesWithTheNextGroup() {
        wait("mallory", 16, 100);
        wait("alice", 1, 1);
        wait("bob", 1, 3);

        assertThat(next(200, 2000)).containsExactly("mallory 5", "alice 1", "bob 1");
        assertThat(queue).hasSize(11);
        wait("carol", 1, 1);
        assertThat(next(200, 2000)).containsExactly("mallory 5", "carol 1");
    }

    @Test
    void aBuyerOfManyShortOrdersHasAShareOfTheOrders() {
        wait("mallory", 150, 1);
        wait("alice", 2, 1);

        assertThat(next(200, 2000)).containsExactly("mallory 50", "alice 2");
    }

    @Test
    void whoWaitsAloneMayHaveAllOfAGroup() {
        wait("mallory", 25, 100);

        assertThat(next(200, 2000)).containsExactly("mallory 20");
        assertThat(next(200, 2000)).containsExactly("mallory 5");
    }

    @Test
    void anOrderThatIsLongerThanAShareGoesAllTheSame() {
        wait("mallory", 2, 200);
        wait("alice", 1, 1);

        assertThat(next(200, 400)).containsExactly("mallory 1", "alice 1");
        assertThat(next(200, 400)).containsExactly("mallory 1");
    }

    @Test
    void whatDoesNotFitEndsAGroupSoThatNobodyIsOvertakenForGood() {
        wait("alice", 1, 150);
        wait("bob", 1, 100);
        wait("carol", 1, 1);

        assertThat(next(200, 200)).containsExactly("alice 1");
        assertThat(next(200, 200)).containsExactly("bob 1", "carol 1");
    }

    @Test
    void ordersOfOneBuyerKeepTheirOrder() {
        wait("mallory", 4, 100);
        wait("alice", 1, 1);
        List<OrderId> mallorys = queue.stream()
                .map(WaitingOrder::order)
                .filter(order -> order.purchase().buyer().value().equals("mallory"))
                .map(Order::id)
                .toList();
        List<OrderId> went = new ArrayList<>();
        while (!queue.isEmpty()) {
            NextGroup.takeFrom(queue, limits(200, 400)).stream()
                    .map(WaitingOrder::order)
                    .filter(order -> order.purchase().buyer().value().equals("mallory"))
                    .forEach(order -> went.add(order.id()));
        }

        assertThat(went).containsExactlyElementsOf(mallorys);
    }

    /** The next group, as how many orders each buyer has of it, in the order of the first one of each. */
    private List<String> next(int maxOrders, int maxLines) {
        List<WaitingOrder> group = NextGroup.takeFrom(queue, limits(maxOrders, maxLines));
        return group.stream()
                .map(WaitingOrder::buyer)
                .distinct()
                .map(buyer -> buyer + " "
                        + group.stream()
                                .filter(waiting -> waiting.buyer().equals(buyer))
                                .count())
                .toList();
    }

    private static GroupProperties limits(int maxOrders, int maxLines) {
        return new GroupProperties(
                true, maxOrders, maxLines, 1, 200, 25, Duration.ofSeconds(20), Duration.ofSeconds(8));
    }

    private void wait(String buyer, int orders, int lines) {
        for (int i = 0; i < orders; i++) {
            queue.add(WaitingOrder.forGroup(Order.received(
                    new OrderId(UUID.randomUUID().toString()),
                    new Purchase(
                            new BuyerId(buyer),
                            IntStream.range(0, lines)
                                    .mapToObj(line ->
                                            new OrderLine(new Sku("sku-" + line), new Quantity(1), new Money(5, "CNY")))
                                    .toList(),
                            PaymentMethod.WALLET),
                    "key-" + i,
                    Instant.EPOCH)));
        }
    }
}

package io.holdfast.order.store;

import io.holdfast.order.model.OrderId;
import java.util.Collection;
import java.util.List;

/** What all changes of orders have in common: the order in which they lock, and that their rows are counted. */
final class ChangedRows {

    private ChangedRows() {}

    /** In the order of their keys, so that two batches lock common rows in one order. */
    static List<String> inOrder(Collection<OrderId> ids) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("No order was named");
        }
        return ids.stream().map(OrderId::value).sorted().toList();
    }

    /** @throws IllegalStateException if there were more or fewer */
    static void require(String what, int expected, int actual) {
        if (expected != actual) {
            throw new IllegalStateException("Number of " + what + ": " + actual + " instead of " + expected);
        }
    }
}

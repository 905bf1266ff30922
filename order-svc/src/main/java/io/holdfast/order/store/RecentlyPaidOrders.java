package io.holdfast.order.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.order.model.Order;
import io.holdfast.order.store.OrderMapper.OrderEventRow;
import io.holdfast.order.store.OrderMapper.PaidRow;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Orders whose Confirm ran in this process a moment ago, so that whoever waits for its end need not read that they are PAID. What is
 * not in here is read.
 */
final class RecentlyPaidOrders {

    private static final long MAX_TRANSACTIONS = 1_000;
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final Cache<String, Paid> byXid = Caffeine.newBuilder()
            .maximumSize(MAX_TRANSACTIONS)
            .expireAfterWrite(KEPT)
            .build();

    /** Call it in the local transaction that makes them PAID. */
    void noteAfterCommit(List<OrderEventRow> orders, String xid, LocalDateTime at) {
        Paid paid = new Paid(orders.stream().map(OrderEventRow::orderId).collect(Collectors.toUnmodifiableSet()), at);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                byXid.put(xid, paid);
            }
        });
    }

    /** @return the orders as they became PAID, if all of them did, in the order given */
    Optional<List<Order>> take(List<Order> orders, String xid) {
        Paid paid = byXid.asMap().remove(xid);
        if (paid == null
                || !orders.stream()
                        .allMatch(order -> paid.ids().contains(order.id().value()))) {
            return Optional.empty();
        }
        return Optional.of(orders.stream()
                .map(order -> new PaidRow(order.id().value(), xid, paid.at()).toPaid(order))
                .toList());
    }

    private record Paid(Set<String> ids, LocalDateTime at) {}
}

package io.holdfast.payment.capture;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.payment.model.PaymentRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Payments that this process captured a moment ago. order-svc usually asks for each of them at once, and for its global transaction a
 * captured payment stays captured. Anything else is read from the database.
 */
final class JustCaptured {

    private static final long MAX_TRANSACTIONS = 1_000;
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final Cache<String, Set<String>> ordersByXid = Caffeine.newBuilder()
            .maximumSize(MAX_TRANSACTIONS)
            .expireAfterWrite(KEPT)
            .build();

    /** Call it in the local transaction that captures them. */
    void noteAfterCommit(String xid, List<PaymentRequest> orders) {
        Set<String> orderIds =
                orders.stream().map(order -> order.order().value()).collect(toUnmodifiableSet());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                ordersByXid.put(xid, orderIds);
            }
        });
    }

    /** @return whether all of them are certain to be captured by that global transaction; false says nothing */
    boolean holds(String xid, Set<String> orderIds) {
        Set<String> captured = ordersByXid.getIfPresent(xid);
        return captured != null && captured.containsAll(orderIds);
    }
}

package io.holdfast.order.placing;

import io.holdfast.order.model.Order;
import io.holdfast.order.store.OrderRepository;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Lets a request wait for the order that a concurrent duplicate, a request with the same idempotency key, is placing.
 *
 * <p>The duplicate may be answered by another instance of this service, so the wait reads the row. It is bounded in time and in how
 * many wait at once, because each waiting request holds a thread of the web server.
 */
public final class DuplicateRequestWait {

    private final OrderRepository repository;
    private final Polling polling;
    private final Duration patience;
    private final Semaphore places;

    public DuplicateRequestWait(OrderRepository repository, Polling polling, Duration patience, int maxWaiting) {
        this.repository = repository;
        this.polling = polling;
        this.patience = patience;
        this.places = new Semaphore(maxWaiting);
    }

    /** @return the order once it is decided, or as it is when patience has run out or too many are waiting */
    Order awaitDecision(Order order) {
        if (order.status().isDecided() || !places.tryAcquire()) {
            return order;
        }
        try {
            return polling.await(
                            () -> repository.find(order.id()).filter(now -> now.status()
                                    .isDecided()),
                            patience)
                    .orElse(order);
        } finally {
            places.release();
        }
    }
}

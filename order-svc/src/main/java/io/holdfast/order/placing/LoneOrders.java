package io.holdfast.order.placing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Places for orders that have a global transaction of their own: those paid by card, and all while orders are not grouped. They
 * are fewer than the threads of the web server, because each calls all downstream services, whose connections are bounded.
 */
public final class LoneOrders {

    private final Semaphore places;
    private final Duration patience;

    public LoneOrders(int most, Duration patience) {
        this.places = new Semaphore(most, true);
        this.patience = patience;
    }

    /** @return empty, and nothing done, if no place became free in time */
    <T> Optional<T> place(Supplier<T> order) {
        try {
            if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        try {
            return Optional.of(order.get());
        } finally {
            places.release();
        }
    }
}

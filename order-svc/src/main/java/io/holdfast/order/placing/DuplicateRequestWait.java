package io.holdfast.order.placing;

import io.holdfast.background.BackgroundThreads;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.store.OrderRepository;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets a request wait for the order that a concurrent duplicate, a request with the same idempotency key, is placing.
 *
 * <p>The duplicate may be answered by another instance of this service, so the wait looks at the row, less and less often. It is
 * bounded in time and in how many wait at once, because each waiting request holds a thread of the web server.
 */
public final class DuplicateRequestWait implements AutoCloseable {

    private static final Duration FIRST_DELAY = Duration.ofMillis(15);
    private static final Duration MAX_DELAY = Duration.ofMillis(400);

    private final OrderRepository repository;
    private final Duration patience;
    private final Semaphore places;
    private final ScheduledExecutorService scheduler = BackgroundThreads.scheduler("duplicate-request-wait", 2);

    public DuplicateRequestWait(OrderRepository repository, Duration patience, int mostWaiting) {
        this.repository = repository;
        this.patience = patience;
        this.places = new Semaphore(mostWaiting);
    }

    /** @return the order once it is decided, or as it is when patience has run out or too many are waiting */
    Order awaitDecision(Order order) {
        if (order.status().isDecided() || !places.tryAcquire()) {
            return order;
        }
        CompletableFuture<Order> decided = new CompletableFuture<>();
        try {
            look(order.id(), FIRST_DELAY, decided);
            return decided.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return order;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return order;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The order could not be read while it was waited for", e.getCause());
        } finally {
            // Tells the next look that nobody waits any more.
            decided.cancel(false);
            places.release();
        }
    }

    private void look(OrderId id, Duration delay, CompletableFuture<Order> decided) {
        scheduler.schedule(
                () -> {
                    if (decided.isDone()) {
                        return;
                    }
                    try {
                        repository
                                .find(id)
                                .filter(order -> order.status().isDecided())
                                .ifPresentOrElse(decided::complete, () -> look(id, longer(delay), decided));
                    } catch (RuntimeException e) {
                        decided.completeExceptionally(e);
                    } catch (Error e) {
                        decided.completeExceptionally(e);
                        throw e;
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static Duration longer(Duration delay) {
        Duration doubled = delay.multipliedBy(2);
        return doubled.compareTo(MAX_DELAY) < 0 ? doubled : MAX_DELAY;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}

package io.holdfast.order.placing;

import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A new order and the request that waits for it. Either its group takes it, and then it may be written down, or its request
 * withdraws it, and then it never is: one of them comes first.
 */
final class WaitingOrder {

    private enum Owner {
        QUEUE,
        GROUP,
        REQUEST
    }

    private final Order order;
    private final Optional<CardToken> card;
    private final Optional<AuditedAction> act;
    private final long since = System.nanoTime();
    private final @Nullable Map<String, String> trace = MDC.getCopyOfContextMap();
    private final AtomicReference<Owner> owner = new AtomicReference<>(Owner.QUEUE);
    private final CompletableFuture<PlacingResult> outcome = new CompletableFuture<>();

    private WaitingOrder(Order order, Optional<CardToken> card, Optional<AuditedAction> act) {
        this.order = order;
        this.card = card;
        this.act = act;
    }

    /** For a group, which is carried out on another thread than its request's. */
    static WaitingOrder forGroup(Order order) {
        return new WaitingOrder(order, Optional.empty(), AuditedAction.current());
    }

    /** For a global transaction of its own, on the thread of its request; there the audit records by itself what that does. */
    static WaitingOrder alone(Order order, Optional<CardToken> card) {
        return new WaitingOrder(order, card, Optional.empty());
    }

    Order order() {
        return order;
    }

    /** Present only if it goes alone. */
    Optional<CardToken> card() {
        return card;
    }

    int lines() {
        return order.purchase().lines().size();
    }

    /** Of one order at most one may be written down, whichever of its requests it came with. */
    Key key() {
        return new Key(order.purchase().buyer().value(), order.idempotencyKey());
    }

    String buyer() {
        return order.purchase().buyer().value();
    }

    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** The trace of the request, for what is done on another thread. */
    @Nullable
    Map<String, String> trace() {
        return trace;
    }

    /** What the audit has to record on the group's thread, if its request is an operator's. */
    Optional<AuditedAction> act() {
        return act;
    }

    boolean isWithdrawn() {
        return owner.get() == Owner.REQUEST;
    }

    /** @return false if the request has withdrawn it */
    boolean take() {
        return owner.compareAndSet(Owner.QUEUE, Owner.GROUP);
    }

    void answer(PlacingResult answer) {
        outcome.complete(answer);
    }

    void fail(Throwable failure) {
        outcome.completeExceptionally(failure);
    }

    /** @return what became of it; if that is not known in time, whether it can be known at all */
    PlacingResult await(Duration patience) {
        try {
            return outcome.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return leave();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("The order could not be placed", e.getCause());
        }
    }

    private PlacingResult leave() {
        return owner.compareAndSet(Owner.QUEUE, Owner.REQUEST)
                ? new PlacingResult.NotBegun()
                : new PlacingResult.Undecided(order);
    }

    record Key(String buyer, String idempotencyKey) {}
}

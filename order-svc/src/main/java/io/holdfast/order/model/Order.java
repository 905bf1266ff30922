package io.holdfast.order.model;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One order as it stood when it was read or received.
 *
 * @param idempotencyKey unique per buyer: at most one order comes of it
 * @param total kept, not computed anew: it is what was agreed
 * @param xid the global transaction that places it; none if it was refused before one was needed
 * @param rejection only, and always, of a REJECTED order
 * @param decidedAt when it became PAID or REJECTED
 */
public record Order(
        OrderId id,
        Purchase purchase,
        Money total,
        String idempotencyKey,
        RequestHash requestHash,
        OrderStatus status,
        @Nullable String xid,
        @Nullable Rejection rejection,
        Instant createdAt,
        @Nullable Instant decidedAt) {

    public Order {
        if ((status == OrderStatus.REJECTED) != (rejection != null)) {
            throw new IllegalStateException("Order " + id + " is " + status + " with rejection " + rejection);
        }
        if (!total.equals(purchase.total())) {
            throw new IllegalStateException("Order " + id + " has a total that its lines do not add up to");
        }
    }

    /** A new order that nothing has happened to yet. */
    public static Order received(OrderId id, Purchase purchase, String idempotencyKey, Instant now) {
        return new Order(
                id,
                purchase,
                purchase.total(),
                idempotencyKey,
                RequestHash.of(purchase),
                OrderStatus.RECEIVED,
                null,
                null,
                now,
                null);
    }

    /** This new order, to be placed by that global transaction. */
    public Order placedBy(String xid) {
        return new Order(
                id, purchase, total, idempotencyKey, requestHash, status, xid, rejection, createdAt, decidedAt);
    }

    /** This order, refused as soon as it came. */
    public Order rejectedAtOnce(Rejection why) {
        if (!status.mayBecome(OrderStatus.REJECTED)) {
            throw new IllegalStateException("Order " + id + " is " + status + " and cannot be refused any more");
        }
        return new Order(
                id, purchase, total, idempotencyKey, requestHash, OrderStatus.REJECTED, xid, why, createdAt, createdAt);
    }

    /** Whether it came of the very same request. */
    public boolean cameOf(RequestHash request) {
        return requestHash.equals(request);
    }

    public Optional<Rejection> whyRejected() {
        return Optional.ofNullable(rejection);
    }
}

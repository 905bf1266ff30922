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
 * @param closing only, and always, of an order that is CLOSING or CLOSED
 * @param cancellation only of an order that is CONFIRMING, CLOSING or CLOSED, and always of one that is closed because it was cancelled
 * @param decidedAt when it became PAID, REJECTED or CLOSED
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
        @Nullable Closing closing,
        @Nullable CancellationRequest cancellation,
        Instant createdAt,
        @Nullable Instant decidedAt) {

    public Order {
        if ((status == OrderStatus.REJECTED) != (rejection != null)) {
            throw new IllegalStateException("Order " + id + " is " + status + " with rejection " + rejection);
        }
        if ((status == OrderStatus.CLOSING || status == OrderStatus.CLOSED) != (closing != null)) {
            throw new IllegalStateException("Order " + id + " is " + status + " with closing " + closing);
        }
        if (cancellation == null
                ? closing != null && closing.cause() == Closing.Cause.CANCELLED
                : closing == null && status != OrderStatus.CONFIRMING) {
            throw new IllegalStateException(
                    "Order " + id + " is " + status + " with cancellation " + cancellation + " and " + closing);
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
                null,
                null,
                now,
                null);
    }

    /** This new order, to be placed by that global transaction. */
    public Order placedBy(String xid) {
        return new Order(
                id,
                purchase,
                total,
                idempotencyKey,
                requestHash,
                status,
                xid,
                rejection,
                closing,
                cancellation,
                createdAt,
                decidedAt);
    }

    /** This order, as it is PAID since then. */
    public Order paid(String by, Instant since) {
        return new Order(
                id,
                purchase,
                total,
                idempotencyKey,
                requestHash,
                OrderStatus.PAID,
                by,
                null,
                null,
                null,
                createdAt,
                since);
    }

    /** This order, refused as soon as it came. */
    public Order rejectedAtOnce(Rejection why) {
        if (!status.mayBecome(OrderStatus.REJECTED)) {
            throw new IllegalStateException("Order " + id + " is " + status + " and cannot be refused any more");
        }
        return new Order(
                id,
                purchase,
                total,
                idempotencyKey,
                requestHash,
                OrderStatus.REJECTED,
                xid,
                why,
                null,
                null,
                createdAt,
                createdAt);
    }

    /** Whether it came of the very same request. */
    public boolean cameOf(RequestHash request) {
        return requestHash.equals(request);
    }

    public Optional<Rejection> whyRejected() {
        return Optional.ofNullable(rejection);
    }

    public Optional<Closing> whyClosed() {
        return Optional.ofNullable(closing);
    }

    public Optional<CancellationRequest> cancellationRequest() {
        return Optional.ofNullable(cancellation);
    }
}

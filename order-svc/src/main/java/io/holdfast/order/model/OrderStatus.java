package io.holdfast.order.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The life of an order. {@link #mayBecome} is the whole of it; every SQL guard is tested against this table.
 *
 * <pre>
 *   RECEIVED --Try----> PLACED --Confirm--> PAID --cancelled--> CLOSING
 *      |                 |  \--decided, Confirm is still being tried--> CONFIRMING --Confirm--> PAID
 *      |                 |  |                                               \--Confirm, and it is to be cancelled--> CLOSING
 *      |                 |  \--decided, and its payment was given up (also from CONFIRMING)--> CLOSING
 *      |                 \--Cancel--> REJECTED
 *      \--refused, or abandoned--> REJECTED
 *
 *   CLOSING --goods released, and money refunded if it was taken--> CLOSED
 * </pre>
 */
public enum OrderStatus {
    /** Written down; its global transaction runs and nothing is decided. */
    RECEIVED,
    /** Stock is reserved, money is frozen, and the order waits for the decision of its global transaction. */
    PLACED,
    /** Decided for good, while a Confirm is still being tried. It can only become PAID or be closed, never be rejected. */
    CONFIRMING,
    /** Paid, and its goods are sold. It stays so, unless it is cancelled. */
    PAID,
    /**
     * Decided, but its payment was given up for good, or it was paid and then cancelled. Its goods are being released and its money, if
     * it was taken, is being refunded.
     */
    CLOSING,
    /** Decided, given up and ended: its goods are released, and its money is not taken or given back. */
    CLOSED,
    /** Not carried out; nothing is held for it. */
    REJECTED;

    private static final Map<OrderStatus, Set<OrderStatus>> NEXT = new EnumMap<>(Map.of(
            RECEIVED, EnumSet.of(PLACED, REJECTED),
            PLACED, EnumSet.of(CONFIRMING, PAID, CLOSING, REJECTED),
            CONFIRMING, EnumSet.of(PAID, CLOSING),
            CLOSING, EnumSet.of(CLOSED),
            CLOSED, EnumSet.noneOf(OrderStatus.class),
            PAID, EnumSet.of(CLOSING),
            REJECTED, EnumSet.noneOf(OrderStatus.class)));

    /** Whether an order in this status can ever be in that one next. */
    public boolean mayBecome(OrderStatus next) {
        return NEXT.get(this).contains(next);
    }

    /** Whether nothing more happens to it by itself. */
    public boolean hasEnded() {
        return switch (this) {
            case RECEIVED, PLACED, CONFIRMING, CLOSING -> false;
            case PAID, CLOSED, REJECTED -> true;
        };
    }

    /** Whether its global transaction is decided, so that its buyer can be told. */
    public boolean isDecided() {
        return switch (this) {
            case RECEIVED, PLACED -> false;
            case CONFIRMING, PAID, CLOSING, CLOSED, REJECTED -> true;
        };
    }
}

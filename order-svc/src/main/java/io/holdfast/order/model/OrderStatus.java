package io.holdfast.order.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The life of an order. {@link #mayBecome} is the whole of it; every SQL guard is tested against this table.
 *
 * <pre>
 *   RECEIVED --Try----> PLACED --Confirm--> PAID
 *      |                 |  \--decided, Confirm is still being tried--> CONFIRMING --Confirm--> PAID
 *      |                 \--Cancel--> REJECTED
 *      \--refused, or abandoned--> REJECTED
 * </pre>
 */
public enum OrderStatus {
    /** Written down; its global transaction runs and nothing is decided. */
    RECEIVED,
    /** Stock is reserved, money is frozen, and the order waits for the decision of its global transaction. */
    PLACED,
    /** Decided for good, while a Confirm is still being tried. It can only become PAID. */
    CONFIRMING,
    /** Paid, and its goods are sold. */
    PAID,
    /** Not carried out; nothing is held for it. */
    REJECTED;

    private static final Map<OrderStatus, Set<OrderStatus>> NEXT = new EnumMap<>(Map.of(
            RECEIVED, EnumSet.of(PLACED, REJECTED),
            PLACED, EnumSet.of(CONFIRMING, PAID, REJECTED),
            CONFIRMING, EnumSet.of(PAID),
            PAID, EnumSet.noneOf(OrderStatus.class),
            REJECTED, EnumSet.noneOf(OrderStatus.class)));

    /** Whether an order in this status can ever be in that one next. */
    public boolean mayBecome(OrderStatus next) {
        return NEXT.get(this).contains(next);
    }

    /** Whether it is known how the order ends, so that its buyer can be told. */
    public boolean isDecided() {
        return switch (this) {
            case RECEIVED, PLACED -> false;
            case CONFIRMING, PAID, REJECTED -> true;
        };
    }
}

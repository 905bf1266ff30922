package io.holdfast.payment.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The life of a payment, with every step that it can take. */
public enum PaymentStatus {
    /** The money is set aside for the order. */
    OPEN,
    /** The money is spent, unless its order is cancelled. */
    CAPTURED,
    /** The money is free again, in the balance or on the card; the order id may be paid anew. */
    RELEASED,
    /**
     * The order was to be paid and could not be. Nothing is taken, or what is found to be is given back; the order id stays
     * used.
     */
    GIVEN_UP,
    /** The money was spent, and was given back or is owed because the order was cancelled; the order id stays used. */
    REFUNDED;

    private static final Map<PaymentStatus, Set<PaymentStatus>> STEPS = new EnumMap<>(Map.of(
            OPEN, EnumSet.of(CAPTURED, RELEASED, GIVEN_UP),
            CAPTURED, EnumSet.of(REFUNDED),
            RELEASED, EnumSet.noneOf(PaymentStatus.class),
            GIVEN_UP, EnumSet.noneOf(PaymentStatus.class),
            REFUNDED, EnumSet.noneOf(PaymentStatus.class)));

    /** Whether a payment in this status holds or has taken money. An order has at most one such payment at a time. */
    public boolean isLive() {
        return this == OPEN || this == CAPTURED;
    }

    public boolean isFinal() {
        return nextSteps().isEmpty();
    }

    public Set<PaymentStatus> nextSteps() {
        return Set.copyOf(STEPS.get(this));
    }

    /**
     * The step from this status to another: the only way to get at one.
     *
     * @throws IllegalArgumentException if a payment cannot take that step
     */
    public Step to(PaymentStatus next) {
        if (!nextSteps().contains(next)) {
            throw new IllegalArgumentException("a payment does not go from " + this + " to " + next);
        }
        return new Step(this, next);
    }

    /** A step that the table of this life cycle holds. */
    public static final class Step {

        private final PaymentStatus from;
        private final PaymentStatus next;

        private Step(PaymentStatus from, PaymentStatus next) {
            this.from = from;
            this.next = next;
        }

        public PaymentStatus from() {
            return from;
        }

        public PaymentStatus next() {
            return next;
        }

        @Override
        public String toString() {
            return from + " to " + next;
        }
    }
}

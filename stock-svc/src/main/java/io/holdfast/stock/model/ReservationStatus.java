package io.holdfast.stock.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The life of a reservation, with every step that it can take. */
public enum ReservationStatus {
    /** Set aside for the order, which is not decided yet. */
    RESERVED,
    /** The order was confirmed: the goods are its own, unless it is closed. */
    SOLD,
    /** The order was cancelled, or closed after it was confirmed: the goods are available again. */
    RELEASED;

    private static final Map<ReservationStatus, Set<ReservationStatus>> STEPS = new EnumMap<>(Map.of(
            RESERVED, EnumSet.of(SOLD, RELEASED),
            SOLD, EnumSet.of(RELEASED),
            RELEASED, EnumSet.noneOf(ReservationStatus.class)));

    /** Whether goods are held or gone for the order. An order has at most one such reservation of a SKU at a time. */
    public boolean isLive() {
        return this != RELEASED;
    }

    public boolean isFinal() {
        return nextSteps().isEmpty();
    }

    public Set<ReservationStatus> nextSteps() {
        return Set.copyOf(STEPS.get(this));
    }

    /**
     * The only way to get at a step.
     *
     * @throws IllegalArgumentException if a reservation cannot take it
     */
    public Step to(ReservationStatus next) {
        if (!nextSteps().contains(next)) {
            throw new IllegalArgumentException("a reservation does not go from " + this + " to " + next);
        }
        return new Step(this, next);
    }

    /** A step that the table holds. */
    public static final class Step {

        private final ReservationStatus from;
        private final ReservationStatus next;

        private Step(ReservationStatus from, ReservationStatus next) {
            this.from = from;
            this.next = next;
        }

        public ReservationStatus from() {
            return from;
        }

        public ReservationStatus next() {
            return next;
        }

        @Override
        public String toString() {
            return from + " to " + next;
        }
    }
}

package io.holdfast.stock.reservation;

import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.Refusal;
import java.util.List;
import java.util.function.Function;

/** The outcome of a request to reserve. */
sealed interface ReservationOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(Function<Reserved, T> reserved, Function<Refused, T> refused, Function<Busy, T> busy);

    /** All of it is reserved, by this request or by the same one earlier in the global transaction. */
    record Reserved() implements ReservationOutcome {

        @Override
        public <T> T fold(Function<Reserved, T> reserved, Function<Refused, T> refused, Function<Busy, T> busy) {
            return reserved.apply(this);
        }
    }

    /** Nothing was reserved: there is not enough for these orders. */
    record Refused(List<Refusal> refusals) implements ReservationOutcome {

        @Override
        public <T> T fold(Function<Reserved, T> reserved, Function<Refused, T> refused, Function<Busy, T> busy) {
            return refused.apply(this);
        }
    }

    /**
     * Nothing was reserved: orders have a reservation that this request does not know of.
     *
     * @param orders those orders, sorted; at least one
     */
    record Busy(List<OrderId> orders) implements ReservationOutcome {

        @Override
        public <T> T fold(Function<Reserved, T> reserved, Function<Refused, T> refused, Function<Busy, T> busy) {
            return busy.apply(this);
        }
    }
}

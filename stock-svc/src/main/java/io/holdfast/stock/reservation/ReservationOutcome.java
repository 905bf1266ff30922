package io.holdfast.stock.reservation;

import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.Refusal;
import java.util.List;

/** What became of a request to reserve. */
sealed interface ReservationOutcome {

    /** All of it is reserved, by this request or by the same one earlier in the global transaction. */
    record Reserved() implements ReservationOutcome {}

    /** Nothing was reserved: there is not enough for these orders. */
    record Refused(List<Refusal> refusals) implements ReservationOutcome {}

    /**
     * Nothing was reserved: orders have a reservation that this request does not know of.
     *
     * @param orders those orders, sorted; at least one
     */
    record Busy(List<OrderId> orders) implements ReservationOutcome {}
}

package io.holdfast.payment.capture;

import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.Refusal;
import java.util.List;

/** What became of a request to open payments. */
sealed interface OpeningOutcome {

    /** All of them are open, by this call or by an earlier one in the same global transaction. */
    record Opened() implements OpeningOutcome {}

    /** None was opened. */
    record Refused(List<Refusal> refusals) implements OpeningOutcome {}

    /**
     * None was opened, because of live payments that are not of this request.
     *
     * @param orders theirs; at least one
     */
    record Busy(List<OrderId> orders) implements OpeningOutcome {}
}

package io.holdfast.payment.capture;

import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.Refusal;
import java.util.List;
import java.util.function.Function;

/** The outcome of a request to open payments. */
sealed interface OpeningOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(Function<Opened, T> opened, Function<Refused, T> refused, Function<Busy, T> busy);

    /** All of them are open, by this call or by an earlier one in the same global transaction. */
    record Opened() implements OpeningOutcome {

        @Override
        public <T> T fold(Function<Opened, T> opened, Function<Refused, T> refused, Function<Busy, T> busy) {
            return opened.apply(this);
        }
    }

    /** None was opened. */
    record Refused(List<Refusal> refusals) implements OpeningOutcome {

        @Override
        public <T> T fold(Function<Opened, T> opened, Function<Refused, T> refused, Function<Busy, T> busy) {
            return refused.apply(this);
        }
    }

    /**
     * None was opened, because of live payments that are not of this request.
     *
     * @param orders theirs; at least one
     */
    record Busy(List<OrderId> orders) implements OpeningOutcome {

        @Override
        public <T> T fold(Function<Opened, T> opened, Function<Refused, T> refused, Function<Busy, T> busy) {
            return busy.apply(this);
        }
    }
}

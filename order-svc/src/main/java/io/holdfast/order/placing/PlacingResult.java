package io.holdfast.order.placing;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.ValidationError;
import io.holdfast.order.refusals.RefusalBudget;
import java.util.List;

/**
 * How a request to place an order ends. It is made where that is known, be it in the queue or in the global transaction, and reaches
 * the answer as it is.
 */
public sealed interface PlacingResult {

    /** One case for each way to end: whoever forgets one does not compile. */
    <R> R fold(Cases<R> cases);

    /** @param order as its row is after this request has placed it */
    static PlacingResult of(Order order) {
        return order.status().isDecided() ? new Decided(order, true) : new Undecided(order);
    }

    /** The order of the key is decided. @param created whether it was this request that made the order */
    record Decided(Order order, boolean created) implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.decided(this);
        }
    }

    /** This request's order may or may not be carried out; its row will show it. */
    record Undecided(Order order) implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.undecided(this);
        }
    }

    /** A concurrent duplicate, a request with the same key, is still placing the order. */
    record InProgress(Order order) implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.inProgress(this);
        }
    }

    /** The key has made another order before. Nothing was written. */
    record KeyReused() implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.keyReused();
        }
    }

    /** No order can be made of the request. Nothing was written. */
    record Invalid(List<ValidationError> errors) implements PlacingResult {

        public Invalid {
            errors = List.copyOf(errors);
        }

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.invalid(this);
        }
    }

    /**
     * The key has an order already, or the order would be more than its buyer may have of the sale, or the sale does not sell. Nothing
     * was written. {@link OrderPlacing} finds out which, so that callers see it of an order in a sale only: its key has no order.
     */
    record NotEntered() implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.notEntered();
        }
    }

    /** Too many orders are being placed. Nothing was written. */
    record TooManyWaiting() implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.tooManyWaiting();
        }
    }

    /** Too many of the buyer's orders were refused. Nothing was written. */
    record TooManyRefused(RefusalBudget.Spent budget) implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.tooManyRefused(this);
        }
    }

    /** The coordinator is away, it would have taken too long, or this service stops. Nothing was written, and nothing will be. */
    record NotBegun() implements PlacingResult {

        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.notBegun();
        }
    }

    /** @param <R> what the cases have in common */
    interface Cases<R> {

        R decided(Decided result);

        R undecided(Undecided result);

        R inProgress(InProgress result);

        R keyReused();

        R invalid(Invalid result);

        R notEntered();

        R tooManyWaiting();

        R tooManyRefused(TooManyRefused result);

        R notBegun();
    }
}

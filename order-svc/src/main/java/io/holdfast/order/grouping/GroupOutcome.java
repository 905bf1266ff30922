package io.holdfast.order.grouping;

import io.holdfast.order.model.Order;

/** What became of an order that was to share a global transaction. */
public sealed interface GroupOutcome {

    /** @param order as its row was when its group had been carried out; it may be undecided even then */
    record CarriedOut(Order order) implements GroupOutcome {}

    /**
     * It was not written down, because its idempotency key has an order already, or because it would be more than its buyer may have
     * of a sale.
     */
    record LeftOut() implements GroupOutcome {}

    /** It was not written down: too many wait already. */
    record QueueFull() implements GroupOutcome {}

    /** It was not written down, and never will be: the coordinator is away, it waited too long, or this service stops. */
    record NotBegun() implements GroupOutcome {}

    /** Nobody knows yet: it was, or is just being, written down, and its row will tell. */
    record Unknown() implements GroupOutcome {}
}

package io.holdfast.order.store;

import io.holdfast.order.model.Order;
import java.util.List;

/** Limits on what may be entered, checked in the transaction that enters it. The feature that has such limits implements them. */
public interface EntryLimits {

    /**
     * Locks what it needs until the open transaction ends.
     *
     * @return the orders that may be entered, in the order given
     */
    List<Order> within(List<Order> orders);
}

package io.holdfast.tcc;

import org.apache.seata.rm.tcc.api.BusinessActionContext;

/**
 * Implemented by a TCC action that knows what to do when a decided Confirm cannot be done. An action without it is parked
 * instead, and waits for a person.
 *
 * <p>Giving up is a step forward, never a Cancel: the global transaction is committed, and its other branches go on. It runs at
 * the deadline of the action or when the Confirm was refused for good, in two steps like a Confirm with something outside to
 * ask. From the moment that it is decided, which is durable, the Confirm is not attempted again.
 *
 * <p>A give-up that fails is made again, with the same growing delays. If it has not succeeded after as long a time as the
 * Confirm was given, the branch is parked.
 */
public interface GiveUp {

    /**
     * Tells the outside, with no database transaction open. It may be called again after it succeeded, so it has to be
     * idempotent, and it must bound its own time.
     */
    default void beforeGiveUp(BusinessActionContext context, GiveUpReason reason) {}

    /** Records the outcome, in the local transaction in which the branch becomes GIVEN_UP; it takes effect once. */
    void giveUp(BusinessActionContext context, GiveUpReason reason);
}

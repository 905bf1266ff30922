package io.holdfast.order.sale;

/** Whether a buyer may order. */
enum AdmissionDecision {
    /** A slot is taken. If no order follows, it has to be given back. */
    ADMITTED,
    /** The buyer's idempotency key has a slot already. */
    REPEATED,
    /** It would be more than one buyer may have. */
    ALREADY_BOUGHT,
    /** There are not as many left. */
    SOLD_OUT,
    PAUSED,
    CLOSED,
    /** There is no Redis, or it does not know the sale yet: the database has to decide, and Redis is updated afterwards. */
    UNCOUNTED,
    /** Redis does not answer: the database has to decide. A slot may have been taken all the same. */
    UNAVAILABLE
}

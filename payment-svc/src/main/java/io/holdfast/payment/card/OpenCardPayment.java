package io.holdfast.payment.card;

/** A card payment that is open at this moment. */
record OpenCardPayment(String xid, long branchId, String orderId, long amount, String currency) {}

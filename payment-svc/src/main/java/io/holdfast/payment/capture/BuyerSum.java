package io.holdfast.payment.capture;

/** What the payments of one buyer in one branch come to. */
record BuyerSum(String buyerId, long amount, int payments) {}

/**
 * Payments by card: the charge of each at the gateway, from the intent that is recorded before the first call to the void or refund at
 * the end. No call to the gateway is made in a database transaction.
 */
@NullMarked
package io.holdfast.payment.card;

import org.jspecify.annotations.NullMarked;

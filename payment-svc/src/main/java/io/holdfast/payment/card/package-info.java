/**
 * Payments by card: the charge of each at the gateway, from the intent that is written down before the first call to what has to
 * be voided or refunded at the end. No call to the gateway is made in a database transaction.
 */
@NullMarked
package io.holdfast.payment.card;

import org.jspecify.annotations.NullMarked;

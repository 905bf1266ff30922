/** Payments of orders: the TCC action {@code payment.open}, its endpoint and what others can ask about a payment. */
@NullMarked
package io.holdfast.payment.capture;

import org.jspecify.annotations.NullMarked;

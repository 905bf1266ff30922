/** Payments of orders: their TCC actions, and the endpoints that open them and report on them. */
@NullMarked
package io.holdfast.payment.capture;

import org.jspecify.annotations.NullMarked;

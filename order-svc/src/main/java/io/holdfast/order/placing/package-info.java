/** Carries orders out: one global transaction over payment-svc, stock-svc and the orders themselves. */
@NullMarked
package io.holdfast.order.placing;

import org.jspecify.annotations.NullMarked;

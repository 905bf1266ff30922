/**
 * How order-svc talks to stock-svc and payment-svc. Whatever a call ends in is one of three outcomes: done, refused, or unknown.
 * An exception never says which, so none leaves this package from a Try.
 */
@NullMarked
package io.holdfast.order.downstream;

import org.jspecify.annotations.NullMarked;

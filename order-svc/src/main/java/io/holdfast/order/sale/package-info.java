/**
 * Flash sales, as one vertical slice: how operators make them and take them through their stages, how buyers order in them, who is
 * admitted by the counters in Redis, and how these are compared with the orders. An admitted order is placed like any other.
 */
@NullMarked
package io.holdfast.order.sale;

import org.jspecify.annotations.NullMarked;

/** Shows orders: one with everything that happened to it, or many. */
@NullMarked
package io.holdfast.order.reading;

import org.jspecify.annotations.NullMarked;

/** Ends orders that nobody else will end. */
@NullMarked
package io.holdfast.order.abandoned;

import org.jspecify.annotations.NullMarked;

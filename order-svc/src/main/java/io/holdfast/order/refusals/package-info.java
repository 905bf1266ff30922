/** What refused orders may cost: a budget for each buyer, and an end for what is kept of them. */
@NullMarked
package io.holdfast.order.refusals;

import org.jspecify.annotations.NullMarked;

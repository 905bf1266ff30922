/** Proves that orders, stock and payments agree, and mends what is certain. */
@NullMarked
package io.holdfast.order.reconciliation;

import org.jspecify.annotations.NullMarked;

/** Receiving of goods, once per idempotency key. */
@NullMarked
package io.holdfast.stock.receipt;

import org.jspecify.annotations.NullMarked;

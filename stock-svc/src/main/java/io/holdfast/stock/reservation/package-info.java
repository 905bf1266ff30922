/** Stock is set aside for orders, then sold or given back: the TCC action {@code stock.reserve}. */
@NullMarked
package io.holdfast.stock.reservation;

import org.jspecify.annotations.NullMarked;

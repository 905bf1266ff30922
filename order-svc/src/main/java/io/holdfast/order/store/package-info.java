/** Where all orders are kept: the only place that reads and writes them. */
@NullMarked
package io.holdfast.order.store;

import org.jspecify.annotations.NullMarked;

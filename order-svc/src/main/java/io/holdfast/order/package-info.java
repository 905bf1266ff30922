/** order-svc: takes orders, starts and ends the global transactions that carry them out. */
@NullMarked
package io.holdfast.order;

import org.jspecify.annotations.NullMarked;

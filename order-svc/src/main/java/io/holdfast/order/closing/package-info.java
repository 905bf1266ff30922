/** The last step of an order whose payment was given up: its goods are released, and it is closed. */
@NullMarked
package io.holdfast.order.closing;

import org.jspecify.annotations.NullMarked;

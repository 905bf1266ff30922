/** stock-svc: goods are received, reserved for orders, and sold. */
@NullMarked
package io.holdfast.stock;

import org.jspecify.annotations.NullMarked;

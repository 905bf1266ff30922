/** stock-svc: goods in, goods reserved for orders, goods sold. */
@NullMarked
package io.holdfast.stock;

import org.jspecify.annotations.NullMarked;

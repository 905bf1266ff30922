/** The stock of each SKU: how much of it is where, and the only ways to move it. */
@NullMarked
package io.holdfast.stock.level;

import org.jspecify.annotations.NullMarked;

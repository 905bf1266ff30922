/** A short-lived cache of what was just found sold out. */
@NullMarked
package io.holdfast.order.soldout;

import org.jspecify.annotations.NullMarked;

/** What was just found sold out, remembered for a moment. */
@NullMarked
package io.holdfast.order.soldout;

import org.jspecify.annotations.NullMarked;

/** A flash sale by a crowd of buyers, and whether it was a right one. */
@NullMarked
package io.holdfast.load.seckill;

import org.jspecify.annotations.NullMarked;

/** How fast a buyer, and a caller without a token, may call. */
@NullMarked
package io.holdfast.edge.rate;

import org.jspecify.annotations.NullMarked;

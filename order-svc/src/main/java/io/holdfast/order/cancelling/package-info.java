/** Orders that their buyers give up on. */
@NullMarked
package io.holdfast.order.cancelling;

import org.jspecify.annotations.NullMarked;

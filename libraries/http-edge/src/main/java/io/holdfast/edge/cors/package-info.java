/** Which pages of other origins may call. */
@NullMarked
package io.holdfast.edge.cors;

import org.jspecify.annotations.NullMarked;

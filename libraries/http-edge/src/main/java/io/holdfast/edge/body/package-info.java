/** Limits of what the body of a request may cost: size, time and threads. */
@NullMarked
package io.holdfast.edge.body;

import org.jspecify.annotations.NullMarked;

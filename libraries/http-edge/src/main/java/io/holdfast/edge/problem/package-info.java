/** Every error is a problem (RFC 9457) with a code and a trace id. */
@NullMarked
package io.holdfast.edge.problem;

import org.jspecify.annotations.NullMarked;

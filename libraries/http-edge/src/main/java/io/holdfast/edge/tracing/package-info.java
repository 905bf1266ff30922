/** The trace id by which one request is found in the logs of every service. */
@NullMarked
package io.holdfast.edge.tracing;

import org.jspecify.annotations.NullMarked;

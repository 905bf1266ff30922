/** The key by which a request that is sent twice takes effect once. */
@NullMarked
package io.holdfast.edge.idempotency;

import org.jspecify.annotations.NullMarked;

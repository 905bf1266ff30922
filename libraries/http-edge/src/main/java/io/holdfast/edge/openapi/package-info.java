/** What the edge adds to the description of an API. */
@NullMarked
package io.holdfast.edge.openapi;

import org.jspecify.annotations.NullMarked;

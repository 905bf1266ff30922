/** One media type in, one out, and no content encoding. */
@NullMarked
package io.holdfast.edge.mediatype;

import org.jspecify.annotations.NullMarked;

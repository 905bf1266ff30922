/** Calls over HTTP as people make them, cheap enough to make many. */
@NullMarked
package io.holdfast.load.http;

import org.jspecify.annotations.NullMarked;

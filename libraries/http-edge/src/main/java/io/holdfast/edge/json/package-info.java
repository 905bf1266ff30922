/** The bodies of requests are strict JSON. */
@NullMarked
package io.holdfast.edge.json;

import org.jspecify.annotations.NullMarked;

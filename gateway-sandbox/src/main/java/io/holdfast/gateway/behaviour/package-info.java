/** Faults that the gateway shows on request. */
@NullMarked
package io.holdfast.gateway.behaviour;

import org.jspecify.annotations.NullMarked;

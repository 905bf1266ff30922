/** How the gateway misbehaves when it is told to. */
@NullMarked
package io.holdfast.gateway.behaviour;

import org.jspecify.annotations.NullMarked;

/** What stands before the operations of actuator endpoints. */
@NullMarked
package io.holdfast.edge.endpoint;

import org.jspecify.annotations.NullMarked;

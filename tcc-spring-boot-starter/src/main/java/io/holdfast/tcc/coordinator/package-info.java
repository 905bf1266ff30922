/** What this service and the coordinator tell each other. */
@NullMarked
package io.holdfast.tcc.coordinator;

import org.jspecify.annotations.NullMarked;

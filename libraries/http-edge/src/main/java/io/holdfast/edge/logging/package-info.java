/** What the edge writes to the log: short lines, no secrets, no stack traces. */
@NullMarked
package io.holdfast.edge.logging;

import org.jspecify.annotations.NullMarked;

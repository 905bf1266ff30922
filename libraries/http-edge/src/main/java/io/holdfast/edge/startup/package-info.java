/** What a service needs before it starts, and does before it says that it is ready. */
@NullMarked
package io.holdfast.edge.startup;

import org.jspecify.annotations.NullMarked;

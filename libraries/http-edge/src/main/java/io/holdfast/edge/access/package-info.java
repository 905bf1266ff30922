/** Which role may call what, and who is calling: what the services use of the access control. */
@NullMarked
package io.holdfast.edge.access;

import org.jspecify.annotations.NullMarked;

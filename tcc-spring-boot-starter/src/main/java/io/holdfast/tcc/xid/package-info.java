/** How the xid travels over HTTP, and what is refused when it is missing or malformed. */
@NullMarked
package io.holdfast.tcc.xid;

import org.jspecify.annotations.NullMarked;

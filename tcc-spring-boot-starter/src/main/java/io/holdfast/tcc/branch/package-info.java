/** What this service knows of the branches of a global transaction. */
@NullMarked
package io.holdfast.tcc.branch;

import org.jspecify.annotations.NullMarked;

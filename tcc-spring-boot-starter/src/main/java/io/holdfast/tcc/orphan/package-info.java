/** Branches whose end nobody asks for: the coordinator is asked about them, and they are decided from their rows. */
@NullMarked
package io.holdfast.tcc.orphan;

import org.jspecify.annotations.NullMarked;

/** Seata's TCC mode with its own fence and its defaults: the same three actions as Holdfast's, for one order each. */
@NullMarked
package io.holdfast.comparison.tcc;

import org.jspecify.annotations.NullMarked;

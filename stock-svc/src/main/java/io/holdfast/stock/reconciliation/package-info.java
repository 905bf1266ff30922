/** Checks that the stock adds up, and that nothing stays reserved unnoticed. */
@NullMarked
package io.holdfast.stock.reconciliation;

import org.jspecify.annotations.NullMarked;

/** Proves that the stock adds up, and that nothing stays reserved unseen. */
@NullMarked
package io.holdfast.stock.reconciliation;

import org.jspecify.annotations.NullMarked;

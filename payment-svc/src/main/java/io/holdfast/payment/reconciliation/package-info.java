/** Proves that the money adds up, and that none stays set aside unseen. */
@NullMarked
package io.holdfast.payment.reconciliation;

import org.jspecify.annotations.NullMarked;

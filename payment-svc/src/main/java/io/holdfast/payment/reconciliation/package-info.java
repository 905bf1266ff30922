/** Checks that the money adds up, and that none stays frozen unnoticed. */
@NullMarked
package io.holdfast.payment.reconciliation;

import org.jspecify.annotations.NullMarked;

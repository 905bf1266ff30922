/** Proves invariants while the service runs: checks that run from time to time, their findings, and the repairs of these. */
@NullMarked
package io.holdfast.reconciliation;

import org.jspecify.annotations.NullMarked;

/** Proves invariants while the service runs: checks that are looked at from time to time, what they found, and what was mended. */
@NullMarked
package io.holdfast.reconciliation;

import org.jspecify.annotations.NullMarked;

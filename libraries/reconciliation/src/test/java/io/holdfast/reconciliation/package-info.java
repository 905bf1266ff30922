@NullMarked
package io.holdfast.reconciliation;

import org.jspecify.annotations.NullMarked;

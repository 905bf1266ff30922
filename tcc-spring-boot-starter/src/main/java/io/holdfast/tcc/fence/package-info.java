/** The fence of a branch: idempotence, empty rollback and anti-suspension, one row in {@code tcc_fence_log} per branch. */
@NullMarked
package io.holdfast.tcc.fence;

import org.jspecify.annotations.NullMarked;

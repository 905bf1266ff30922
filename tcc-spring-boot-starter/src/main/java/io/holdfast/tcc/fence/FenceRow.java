package io.holdfast.tcc.fence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator's call has to know of a branch.
 *
 * @param decision null as long as no attempt has failed
 * @param nextAttemptAt null if no attempt will be made
 * @param claimedBy the instance that makes an attempt at this moment
 */
public record FenceRow(
        FenceStatus status,
        @Nullable Decision decision,
        @Nullable Instant nextAttemptAt,
        @Nullable String claimedBy) {

    public boolean isScheduled() {
        return nextAttemptAt != null;
    }
}

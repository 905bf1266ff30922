package io.holdfast.tcc.fence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code tcc_audit}.
 *
 * @param who the person, or the instance of the service if it acted by itself
 * @param key the branch; null if it is about an action
 * @param before the status of the branch until now; null if it is about an action
 * @param after its status from now on; null if it is about an action
 */
public record AuditEntry(
        Instant happenedAt,
        String who,
        AuditOperation operation,
        String action,
        @Nullable BranchKey key,
        @Nullable FenceStatus before,
        @Nullable FenceStatus after,
        String reason) {}

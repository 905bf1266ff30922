package io.holdfast.reconciliation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A finding as the table keeps it.
 *
 * @param timesSeen in looks one after the other
 * @param mend what was done to set it right
 */
public record KnownFinding(
        String check,
        String subject,
        FindingState state,
        String detail,
        Instant firstSeen,
        Instant lastSeen,
        int timesSeen,
        @Nullable Instant mendedAt,
        @Nullable String mend,
        @Nullable Instant closedAt) {}

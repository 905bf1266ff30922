package io.holdfast.reconciliation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A finding as the table keeps it.
 *
 * @param timesSeen in consecutive runs
 * @param repair what was done to set it right
 */
public record KnownFinding(
        String check,
        String subject,
        FindingState state,
        String detail,
        Instant firstSeen,
        Instant lastSeen,
        int timesSeen,
        @JsonProperty("mendedAt") @Nullable Instant repairedAt,
        @JsonProperty("mend") @Nullable String repair,
        @Nullable Instant closedAt) {}

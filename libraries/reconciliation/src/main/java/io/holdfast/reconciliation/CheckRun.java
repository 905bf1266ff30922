package io.holdfast.reconciliation;

import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The last run of a check.
 *
 * @param at when it ended; null if there was none
 * @param completedAt when the last one ended that could examine everything
 * @param outcome COMPLETED, NOT_COMPLETED or FAILED
 * @param error why it is not COMPLETED
 */
public record CheckRun(
        String check,
        @Nullable Instant at,
        @Nullable Instant completedAt,
        @Nullable Outcome outcome,
        @Nullable String error,
        long millis,
        long looked,
        SortedMap<String, Long> figures) {

    /** How a run ended. */
    public enum Outcome {
        COMPLETED,
        NOT_COMPLETED,
        FAILED
    }
}

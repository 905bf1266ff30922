package io.holdfast.tcc.fence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to end a branch that did not succeed.
 *
 * @param number as it was counted for its branch: the first is 1
 * @param operation CONFIRM, CANCEL, EMPTY_ROLLBACK or GIVE_UP
 * @param startedAt when it began; of the first one, when the coordinator asked
 * @param endedAt when it had failed
 * @param error why, in words for people: no SQL, no arguments of the action
 * @param nextDueAt when the next one was due, as it looked then; null if the branch was parked
 * @param instance which instance of the service made it
 */
public record FailedAttempt(
        int number,
        String operation,
        Instant startedAt,
        Instant endedAt,
        String error,
        @Nullable Instant nextDueAt,
        String instance) {}

package io.holdfast.tcc.branch;

import io.holdfast.tcc.fence.FailedAttempt;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One branch of a global transaction, as the fence of one service recorded it.
 *
 * @param service the service's {@code spring.application.name}
 * @param action name of the TCC action
 * @param branchId the coordinator's id; a string, because it does not fit the numbers of every JSON reader
 * @param status TRIED, COMMITTED, ROLLBACKED, SUSPENDED, GIVEN_UP or PARKED
 * @param createdAt when the Try took effect; for SUSPENDED, when the end of the branch came before its Try
 * @param decidedAt when the Confirm, Cancel or give-up took effect; null while TRIED or PARKED
 * @param attempts how often a Confirm or Cancel failed
 * @param lastError why it last did
 * @param decision CONFIRM, CANCEL or EMPTY_ROLLBACK; null if its first attempt has taken effect, is being made or is to come
 * @param scheduledAt when that was decided; null if {@code decision} is
 * @param nextDueAt when the next attempt is due; while one is being made, when another instance takes it over; null if none
 *     will be made
 * @param state where it is if it is not finished: TRIED, SCHEDULED or GIVING_UP; PAUSED if it is one of these two and its action
 *     is paused, so that the next attempt waits until it is resumed; PARKED
 * @param failures the attempts that failed, the first one first; of very many the first and the last ones
 */
public record BranchRecord(
        String service,
        String action,
        String branchId,
        String status,
        Instant createdAt,
        @Nullable Instant decidedAt,
        int attempts,
        @Nullable String lastError,
        @Nullable String decision,
        @Nullable Instant scheduledAt,
        @Nullable Instant nextDueAt,
        @Nullable String state,
        @Nullable List<FailedAttempt> failures) {

    /** A service that runs an older version sends no failures. */
    public BranchRecord {
        failures = failures == null ? List.of() : List.copyOf(failures);
    }

    /** Never null. */
    @Override
    public List<FailedAttempt> failures() {
        return failures == null ? List.of() : failures;
    }
}

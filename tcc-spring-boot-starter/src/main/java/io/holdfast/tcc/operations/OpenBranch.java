package io.holdfast.tcc.operations;

import io.holdfast.tcc.fence.BacklogEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch that is not finished.
 *
 * @param branchId the coordinator's id; a string, because it does not fit the numbers of every JSON reader
 * @param state where it is
 * @param decision CONFIRM, CANCEL or EMPTY_ROLLBACK; null if nothing is decided, or its first attempt is being made
 * @param ageSeconds since it was decided, or tried if nothing is decided
 * @param attempts how many failed
 * @param nextAttemptAt when the next one is due; null if none will be made
 * @param attemptedBy the instance that makes an attempt at this moment; {@code nextAttemptAt} is then when others take it over
 * @param lastError why the last attempt failed
 * @param giveUp why it is being given up
 * @param context the action context, as JSON
 */
public record OpenBranch(
        String xid,
        String branchId,
        String action,
        BacklogEntry.State state,
        @Nullable String decision,
        Instant triedAt,
        @Nullable Instant decidedAt,
        long ageSeconds,
        int attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable String attemptedBy,
        @Nullable String lastError,
        @Nullable String giveUp,
        @Nullable String context) {}

package io.holdfast.tcc.branch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One branch of a global transaction, as the fence of one service recorded it.
 *
 * @param service the service's {@code spring.application.name}
 * @param action name of the TCC action
 * @param branchId the coordinator's id; a string, because it does not fit the numbers of every JSON reader
 * @param status TRIED, COMMITTED, ROLLBACKED or SUSPENDED
 * @param createdAt when the Try took effect; for SUSPENDED, when the end of the branch came before its Try
 * @param decidedAt when the Confirm or Cancel took effect; null while TRIED
 * @param attempts how often a Confirm or Cancel failed
 * @param lastError why it last did
 */
public record BranchRecord(
        String service,
        String action,
        String branchId,
        String status,
        Instant createdAt,
        @Nullable Instant decidedAt,
        int attempts,
        @Nullable String lastError) {}

package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.Decision;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes decisions durable of which no attempt has ended yet. */
final class Decisions {

    private static final Logger log = LoggerFactory.getLogger(Decisions.class);

    private final RetryTable table;
    private final KnownBranches known;
    private final RetryProperties properties;
    private final Clock clock;

    Decisions(RetryTable table, KnownBranches known, RetryProperties properties, Clock clock) {
        this.table = table;
        this.known = known;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * Without an attempt: it is due now.
     *
     * @return false if the branch is not in the state that the decision starts from, or is decided already
     */
    boolean postpone(BranchCall call, Decision decision, Instant decidedAt) {
        boolean written = table.schedule(ScheduledBranch.of(call, decision, decidedAt, decidedAt));
        if (written) {
            known.due(call.key(), call.operation(), decidedAt);
            log.info("{} of {} is put off, {}", decision, call.action(), call.key());
        }
        return written;
    }

    /**
     * With an attempt that runs here, so that it is taken over should this instance die. While the attempt is in its local
     * transaction, this does nothing: the row is locked, and that ends soon either way.
     */
    void makeDurable(BranchCall call, Instant decidedAt, Claim claim) {
        try {
            claim.makeDurable(() -> {
                Instant lease = properties.leaseFrom(clock.instant());
                return table.scheduleClaimed(ScheduledBranch.of(call, Decision.CONFIRM, decidedAt, lease))
                        ? Optional.of(lease)
                        : Optional.empty();
            });
        } catch (RuntimeException e) {
            log.warn("The decided Confirm of {} could not be made durable yet, {}", call.action(), call.key(), e);
        }
    }
}

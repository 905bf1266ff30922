package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceRow;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a Confirm or Cancel that finds its branch not open, or not open any more. It has no effect then. */
final class EndedBranches {

    private static final Logger log = LoggerFactory.getLogger(EndedBranches.class);

    private final FenceTable table;
    private final FenceTransactions transactions;
    private final KnownBranches known;
    private final FenceMetrics metrics;
    private final Clock clock;

    EndedBranches(
            FenceTable table, FenceTransactions transactions, KnownBranches known, FenceMetrics metrics, Clock clock) {
        this.table = table;
        this.transactions = transactions;
        this.known = known;
        this.metrics = metrics;
        this.clock = clock;
    }

    boolean isOpen(BranchKey key) {
        return table.find(key)
                .filter(row -> row.status() == FenceStatus.TRIED && row.decision() == null)
                .isPresent();
    }

    /**
     * In a transaction of its own: under REPEATABLE READ the update of a missing row has locked a gap, and two Confirms that
     * insert into gaps of each other deadlock.
     *
     * @return whether the coordinator need not come again
     */
    boolean answer(BranchCall call) {
        FenceOutcome outcome = transactions.takeEffect(status -> switch (call.operation()) {
            case CONFIRM -> ofConfirm(call.key(), call.action());
            case CANCEL ->
                ofCancel(
                        call.key(),
                        table.find(call.key())
                                .orElseThrow(() -> new IllegalStateException("Fence row vanished: " + call.key())));
        });
        return answer(call, outcome);
    }

    /** The same, of a Cancel that has read the row. */
    boolean answerCancel(BranchCall call, FenceRow row) {
        return answer(call, ofCancel(call.key(), row));
    }

    private FenceOutcome ofConfirm(BranchKey key, String action) {
        Optional<FenceRow> found = table.find(key);
        if (found.isEmpty()) {
            if (table.insertSuspended(key, action, "Confirm without Try", clock.instant())) {
                return FenceOutcome.CONFIRM_WITHOUT_TRY;
            }
            throw new IllegalStateException("A Try of " + action + " is ending at this moment, " + key);
        }
        FenceRow row = found.get();
        if (row.decision() != null && row.decision() != Decision.CONFIRM) {
            return FenceOutcome.CONTRADICTION;
        }
        return switch (row.status()) {
            case COMMITTED, SUSPENDED, GIVEN_UP, PARKED -> {
                known.read(key, PhaseTwoOperation.CONFIRM, row);
                yield FenceOutcome.REPEATED;
            }
            case ROLLBACKED -> FenceOutcome.CONTRADICTION;
            case TRIED -> {
                if (row.decision() == null) {
                    // The Try was committed between our update and this look: the next attempt finds it.
                    throw new IllegalStateException("A Try of " + action + " ended at this moment, " + key);
                }
                known.read(key, PhaseTwoOperation.CONFIRM, row);
                yield FenceOutcome.SCHEDULED;
            }
        };
    }

    private FenceOutcome ofCancel(BranchKey key, FenceRow row) {
        // After a commit decision nothing is ever cancelled, whether the Confirm has taken effect, still has to, or
        // cannot.
        if (row.decision() == Decision.CONFIRM
                || row.status() == FenceStatus.COMMITTED
                || row.status() == FenceStatus.GIVEN_UP) {
            return FenceOutcome.CONTRADICTION;
        }
        known.read(key, PhaseTwoOperation.CANCEL, row);
        return row.isScheduled() ? FenceOutcome.SCHEDULED : FenceOutcome.REPEATED;
    }

    private boolean answer(BranchCall call, FenceOutcome outcome) {
        metrics.count(call.action(), outcome);
        switch (outcome) {
            case CONTRADICTION -> {
                known.contradicted(call.key(), call.operation());
                log.error(
                        "ALARM {} of {} came for a branch that ended the other way, {}. Nothing was changed; compare the"
                                + " coordinator's record of this xid with tcc_fence_log.",
                        call.operation(),
                        call.action(),
                        call.key());
            }
            case CONFIRM_WITHOUT_TRY ->
                log.error(
                        "ALARM Confirm of {} came for a branch that was never tried, {}. Recorded; a late Try will be refused.",
                        call.action(),
                        call.key());
            default -> log.debug("{} of {}: {}, {}", call.operation(), call.action(), outcome, call.key());
        }
        return outcome != FenceOutcome.CONTRADICTION && outcome != FenceOutcome.SCHEDULED;
    }
}

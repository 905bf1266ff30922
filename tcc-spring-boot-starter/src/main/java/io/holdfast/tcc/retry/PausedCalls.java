package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceRow;
import io.holdfast.tcc.fence.FenceTable;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's calls of an action that is paused: the decision is kept, and no attempt is made. */
final class PausedCalls {

    private static final Logger log = LoggerFactory.getLogger(PausedCalls.class);

    private final PausedActions paused;
    private final Decisions decisions;
    private final FenceTable table;
    private final EndedBranches endedBranches;
    private final FenceMetrics metrics;

    PausedCalls(
            PausedActions paused,
            Decisions decisions,
            FenceTable table,
            EndedBranches endedBranches,
            FenceMetrics metrics) {
        this.paused = paused;
        this.decisions = decisions;
        this.table = table;
        this.endedBranches = endedBranches;
        this.metrics = metrics;
    }

    boolean concern(String action) {
        return paused.contains(action);
    }

    /** @return whether the coordinator need not come again */
    boolean putOff(BranchCall call, Instant decidedAt) {
        Decision decision = Decision.of(call.operation());
        try {
            if (decisions.postpone(call, decision, decidedAt)) {
                return scheduled(call);
            }
            return switch (call.operation()) {
                case CONFIRM -> endedBranches.answer(call);
                case CANCEL -> {
                    Optional<FenceRow> row = table.find(call.key());
                    if (row.isPresent()) {
                        yield endedBranches.answerCancel(call, row.get());
                    }
                    decisions.postpone(call, Decision.EMPTY_ROLLBACK, decidedAt);
                    yield scheduled(call);
                }
            };
        } catch (RuntimeException e) {
            metrics.count(call.action(), decision.failed());
            log.error("{} of {} could not be put off, {}", decision, call.action(), call.key(), e);
            return false;
        }
    }

    private boolean scheduled(BranchCall call) {
        metrics.count(call.action(), FenceOutcome.SCHEDULED);
        return false;
    }
}

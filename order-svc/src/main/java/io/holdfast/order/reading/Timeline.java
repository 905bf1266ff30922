package io.holdfast.order.reading;

import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.reading.TimelineEntry.Phase;
import io.holdfast.tcc.branch.BranchRecord;
import io.holdfast.tcc.fence.FailedAttempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the story of an order out of its own events and of what the services recorded of its branches.
 *
 * <p>Why an attempt failed is said in the words of libraries and databases, and a branch belongs to all orders of a group: these words
 * are for operators. A buyer gets a code.
 */
final class Timeline {

    private static final String SELF = "order-svc";
    private static final String EVENT = "order";
    private static final String RELEASE = "stock.release";
    private static final String REFUND = "payment.refund";
    private static final String CANCELLATION = "order.cancellation";

    private final Order order;
    private final boolean forOperator;
    private final List<TimelineEntry> entries = new ArrayList<>();

    private Timeline(Order order, boolean forOperator) {
        this.order = order;
        this.forOperator = forOperator;
    }

    static List<TimelineEntry> forBuyer(Order order, List<BranchRecord> branches) {
        return of(order, branches, false);
    }

    static List<TimelineEntry> forOperator(Order order, List<BranchRecord> branches) {
        return of(order, branches, true);
    }

    private static List<TimelineEntry> of(Order order, List<BranchRecord> branches, boolean forOperator) {
        Timeline timeline = new Timeline(order, forOperator);
        timeline.event(OrderStatus.RECEIVED, order.createdAt(), null);
        branches.forEach(timeline::branch);
        order.cancellationRequest().ifPresent(timeline::cancellationRequest);
        order.whyClosed().ifPresent(timeline::closing);
        if (order.decidedAt() != null) {
            String reason = order.whyRejected()
                    .map(why -> why.reason().code() + ": " + why.detail())
                    .or(() -> order.whyClosed().map(timeline::reasonOf))
                    .orElse(null);
            timeline.event(order.status(), order.decidedAt(), reason);
        }
        // A stable sort: what happened in one millisecond stays in the order in which it was noted here.
        timeline.entries.sort(Comparator.comparing(TimelineEntry::at));
        return List.copyOf(timeline.entries);
    }

    private void event(OrderStatus what, Instant at, @Nullable String reason) {
        event(SELF, EVENT, what.name(), at, reason);
    }

    private void event(String service, String action, String outcome, Instant at, @Nullable String reason) {
        entries.add(new TimelineEntry(
                service, action, null, outcome, order.xid(), null, at, millis(at), null, null, null, null, reason));
    }

    private void cancellationRequest(CancellationRequest request) {
        Closing closing = order.closing();
        if (closing != null && closing.paidAt() != null) {
            event(OrderStatus.PAID, closing.paidAt(), null);
        }
        event(SELF, CANCELLATION, "ASKED", request.askedAt(), request.reason());
    }

    private void closing(Closing closing) {
        event(OrderStatus.CLOSING, closing.since(), reasonOf(closing));
        if (closing.refundedAt() != null) {
            event("payment-svc", REFUND, "REFUNDED", closing.refundedAt(), null);
        }
        if (closing.releasedAt() != null) {
            event("stock-svc", RELEASE, "RELEASED", closing.releasedAt(), null);
        }
    }

    private String reasonOf(Closing closing) {
        return closing.cause().code() + ": " + (forOperator ? closing.reason() : closing.reasonForBuyer());
    }

    /**
     * A branch has one row, and the row knows two moments; what failed in between has rows of its own. What was never tried has no
     * Try to show.
     */
    private void branch(BranchRecord branch) {
        if (!branch.status().equals("SUSPENDED") && !"EMPTY_ROLLBACK".equals(branch.decision())) {
            entry(branch, Phase.TRY, "TRIED", branch.createdAt());
        }
        branch.failures().forEach(failure -> failed(branch, failure));
        if (branch.decidedAt() != null) {
            Phase phase =
                    branch.status().equals("ROLLBACKED") || branch.status().equals("SUSPENDED")
                            ? Phase.CANCEL
                            : Phase.CONFIRM;
            end(branch, phase, branch.status(), branch.decidedAt());
        }
        if (branch.decision() != null && branch.state() != null) {
            open(branch, branch.decision(), branch.state());
        }
    }

    private void failed(BranchRecord branch, FailedAttempt failure) {
        add(
                branch,
                phaseOf(failure.operation()),
                "FAILED",
                failure.endedAt(),
                failure.number(),
                failure.error(),
                failure.nextDueAt());
    }

    /** What is decided and not done, as it stands now: since the last failure, or since it was decided if nothing failed. */
    private void open(BranchRecord branch, String decision, String state) {
        List<FailedAttempt> failures = branch.failures();
        Instant since = failures.isEmpty()
                ? Objects.requireNonNullElse(branch.scheduledAt(), branch.createdAt())
                : failures.get(failures.size() - 1).endedAt();
        end(
                branch,
                state.equals("GIVING_UP") ? Phase.GIVE_UP : phaseOf(decision),
                state.equals("GIVING_UP") ? "SCHEDULED" : state,
                since);
    }

    private static Phase phaseOf(String operation) {
        return switch (operation) {
            case "CONFIRM" -> Phase.CONFIRM;
            case "GIVE_UP" -> Phase.GIVE_UP;
            default -> Phase.CANCEL;
        };
    }

    private void entry(BranchRecord branch, Phase phase, String outcome, Instant at) {
        add(branch, phase, outcome, at, 0, null, null);
    }

    /** The last one of a branch, with the sum of its failed attempts. */
    private void end(BranchRecord branch, Phase phase, String outcome, Instant at) {
        add(branch, phase, outcome, at, branch.attempts(), branch.lastError(), branch.nextDueAt());
    }

    private void add(
            BranchRecord branch,
            Phase phase,
            String outcome,
            Instant at,
            int attempts,
            @Nullable String lastError,
            @Nullable Instant nextDueAt) {
        entries.add(new TimelineEntry(
                branch.service(),
                branch.action(),
                phase,
                outcome,
                order.xid(),
                branch.branchId(),
                at,
                millis(at),
                attempts,
                lastError == null ? null : phase.errorCode(),
                forOperator ? lastError : null,
                nextDueAt,
                null));
    }

    private long millis(Instant at) {
        return at.toEpochMilli() - order.createdAt().toEpochMilli();
    }
}

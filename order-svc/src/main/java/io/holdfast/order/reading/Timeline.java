package io.holdfast.order.reading;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.reading.TimelineEntry.Phase;
import io.holdfast.tcc.branch.BranchRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the story of an order out of its own events and of what the services recorded of its branches. */
final class Timeline {

    private static final String SELF = "order-svc";
    private static final String EVENT = "order";

    private final Order order;
    private final List<TimelineEntry> entries = new ArrayList<>();

    private Timeline(Order order) {
        this.order = order;
    }

    static List<TimelineEntry> of(Order order, List<BranchRecord> branches) {
        Timeline timeline = new Timeline(order);
        timeline.event(OrderStatus.RECEIVED, order.createdAt(), null);
        branches.forEach(timeline::branch);
        if (order.decidedAt() != null) {
            String reason = order.whyRejected()
                    .map(why -> why.reason().code() + ": " + why.detail())
                    .orElse(null);
            timeline.event(order.status(), order.decidedAt(), reason);
        }
        // A stable sort: what happened in one millisecond stays in the order in which it was noted here.
        timeline.entries.sort(Comparator.comparing(TimelineEntry::at));
        return List.copyOf(timeline.entries);
    }

    private void event(OrderStatus what, Instant at, @Nullable String reason) {
        entries.add(new TimelineEntry(
                SELF, EVENT, null, what.name(), order.xid(), null, at, millis(at), null, null, reason));
    }

    /** A branch has one row, and the row knows two moments. What was never tried has no Try to show. */
    private void branch(BranchRecord branch) {
        Instant end = Objects.requireNonNullElse(branch.decidedAt(), branch.createdAt());
        switch (branch.status()) {
            case "TRIED" -> entry(branch, Phase.TRY, "TRIED", branch.createdAt(), true);
            case "SUSPENDED" -> entry(branch, Phase.CANCEL, "SUSPENDED", end, true);
            case "ROLLBACKED" -> {
                entry(branch, Phase.TRY, "TRIED", branch.createdAt(), false);
                entry(branch, Phase.CANCEL, "ROLLBACKED", end, true);
            }
            default -> {
                entry(branch, Phase.TRY, "TRIED", branch.createdAt(), false);
                entry(branch, Phase.CONFIRM, branch.status(), end, true);
            }
        }
    }

    /** @param last whether this entry tells of the failed attempts; the row does not say when they were */
    private void entry(BranchRecord branch, Phase phase, String outcome, Instant at, boolean last) {
        entries.add(new TimelineEntry(
                branch.service(),
                branch.action(),
                phase,
                outcome,
                order.xid(),
                branch.branchId(),
                at,
                millis(at),
                last ? branch.attempts() : 0,
                last ? branch.lastError() : null,
                null));
    }

    private long millis(Instant at) {
        return at.toEpochMilli() - order.createdAt().toEpochMilli();
    }
}

package io.holdfast.order.placing;

import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Who goes next of those that wait: first come, first served, to the bounds of a group. While several buyers wait, each has a share of it;
 * what is more keeps its place in the queue. So a buyer of many long orders delays nobody's order by more than that share, and gets
 * on with every group all the same.
 */
final class NextGroup {

    private final GroupProperties limits;
    private final boolean shared;
    private final Map<String, Share> shares = new HashMap<>();
    private final List<WaitingOrder> taken = new ArrayList<>();
    private int lines;

    private NextGroup(GroupProperties limits, boolean shared) {
        this.limits = limits;
        this.shared = shared;
    }

    /** @param queue not empty; what is returned is taken out of it */
    static List<WaitingOrder> takeFrom(Deque<WaitingOrder> queue, GroupProperties limits) {
        String first = queue.getFirst().buyer();
        NextGroup group = new NextGroup(
                limits, queue.stream().anyMatch(other -> !other.buyer().equals(first)));
        Iterator<WaitingOrder> waiting = queue.iterator();
        while (waiting.hasNext() && group.taken.size() < limits.maxOrders()) {
            WaitingOrder order = waiting.next();
            if (!group.isWithinItsShare(order)) {
                continue;
            }
            if (!group.fits(order)) {
                break;
            }
            group.take(order);
            waiting.remove();
        }
        return group.taken;
    }

    private boolean isWithinItsShare(WaitingOrder order) {
        if (!shared) {
            return true;
        }
        Share share = shares.get(order.buyer());
        // One order always goes: a share may be smaller than it is long.
        return share == null
                || share.orders < limits.maxOrdersOfABuyer()
                        && share.lines + order.lines() <= limits.maxLinesOfABuyer();
    }

    /** One order always does. */
    private boolean fits(WaitingOrder order) {
        return taken.isEmpty() || lines + order.lines() <= limits.maxLines();
    }

    private void take(WaitingOrder order) {
        taken.add(order);
        lines += order.lines();
        if (shared) {
            Share share = shares.computeIfAbsent(order.buyer(), buyer -> new Share());
            share.orders++;
            share.lines += order.lines();
        }
    }

    /** What one buyer has of the group. */
    private static final class Share {

        private int orders;
        private int lines;
    }
}

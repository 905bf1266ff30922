package io.holdfast.order.reconciliation;

import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderLists.Unfinished;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** I5: every order ends. */
@Component
class OrdersEnd implements Check {

    private static final int MOST = 200;

    private final OrderLists lists;
    private final Duration endWithin;
    private final Clock clock;

    /**
     * @param endWithin how long an order may take before people are told. Longer than the deadline of captures, until which an order
     *     that is paid by card may rightly be CONFIRMING
     */
    OrdersEnd(
            OrderLists lists,
            @Value("${holdfast.order.reconciliation.end-within:2h}") Duration endWithin,
            Clock clock) {
        this.lists = lists;
        this.endWithin = endWithin;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "orders-end";
    }

    @Override
    public String invariant() {
        return "I5";
    }

    @Override
    public String sentence() {
        return "every order ends within " + endWithin;
    }

    @Override
    public CheckResult run(CheckState state) {
        List<Unfinished> orders = lists.notEndedSince(clock.instant().minus(endWithin), MOST);
        List<Finding> findings = orders.stream().map(OrdersEnd::finding).toList();
        // With more than can be told, what is not among them may be late all the same.
        return new CheckResult(findings, findings.size() < MOST, "", findings.size(), new TreeMap<>());
    }

    private static Finding finding(Unfinished order) {
        return new Finding(
                order.id().value(), order.status() + ", received " + order.createdAt() + ", xid " + order.xid());
    }
}

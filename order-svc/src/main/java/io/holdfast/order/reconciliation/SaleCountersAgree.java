package io.holdfast.order.reconciliation;

import io.holdfast.order.store.SaleBook;
import io.holdfast.order.store.SaleBook.Mend;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The counters of sales are mended as soon as they are found wrong; here people are told that they were. */
@Component
class SaleCountersAgree implements Check {

    private static final Duration TOLD = Duration.ofMinutes(5);
    private static final int MOST = 200;

    private final SaleBook book;
    private final Clock clock;

    SaleCountersAgree(SaleBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "sale-counters";
    }

    @Override
    public String invariant() {
        return "I1";
    }

    @Override
    public String sentence() {
        return "the counters of sales in Redis agree with their orders, or were mended in the last " + TOLD.toMinutes()
                + " minutes";
    }

    @Override
    public CheckResult run(CheckState state) {
        List<Mend> mends = book.mendsSince(clock.instant().minus(TOLD), MOST);
        List<Finding> findings = mends.stream().map(SaleCountersAgree::finding).toList();
        return new CheckResult(findings, findings.size() < MOST, "", findings.size(), new TreeMap<>());
    }

    private static Finding finding(Mend mend) {
        return new Finding(
                mend.sale() + " " + mend.id(),
                mend.kind() + " by " + mend.pieces() + ", mended at " + mend.at() + ": " + mend.detail());
    }
}

package io.holdfast.order.sale;

import io.holdfast.order.sale.SaleRepository.Repair;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Reports, for some minutes, the repairs of sale counters. They are made as soon as a counter is found wrong. */
@Component
class SaleCounterCheck implements Check {

    private static final Duration REPORTED = Duration.ofMinutes(5);
    private static final int MAX_FINDINGS = 200;

    private final SaleRepository repository;
    private final Clock clock;

    SaleCounterCheck(SaleRepository repository, Clock clock) {
        this.repository = repository;
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
        return "the counters of sales in Redis agree with their orders, or were repaired in the last "
                + REPORTED.toMinutes() + " minutes";
    }

    @Override
    public CheckResult run(CheckState state) {
        List<Repair> repairs = repository.repairsSince(clock.instant().minus(REPORTED), MAX_FINDINGS);
        List<Finding> findings = repairs.stream().map(SaleCounterCheck::finding).toList();
        return new CheckResult(findings, findings.size() < MAX_FINDINGS, "", findings.size(), new TreeMap<>());
    }

    private static Finding finding(Repair repair) {
        return new Finding(
                repair.sale() + " " + repair.id(),
                repair.kind() + " by " + repair.pieces() + ", repaired at " + repair.at() + ": " + repair.detail());
    }
}

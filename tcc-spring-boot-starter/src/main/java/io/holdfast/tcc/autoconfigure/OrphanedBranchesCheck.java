package io.holdfast.tcc.autoconfigure;

import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.SqlCheck;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * I6, as the service itself has found it broken: each branch whose end nobody asked for is a finding for a day, whether it was decided
 * from its row or left to a person. The row of {@code tcc_audit} was written in the transaction of the decision.
 */
final class OrphanedBranchesCheck implements Check {

    private static final Duration TOLD_FOR = Duration.ofDays(1);

    /** By the primary key, and far more than people and orphans write in a day: the table is never deleted from. */
    private static final String OF_THE_LAST_DAY = """
            select concat(xid, '/', branch_id) as subject,
                concat(operation, ' of ', action_name, ', ', happened_at, ', by ', who, ': ', reason) as detail
            from (select * from tcc_audit order by id desc limit 2000) latest
            where operation in ('ORPHAN_CONFIRM', 'ORPHAN_CANCEL', 'ORPHAN_LEFT') and happened_at >= :before
            order by id limit :most
            """;

    private final SqlCheck query;

    OrphanedBranchesCheck(DataSource database, Clock clock) {
        this.query = new SqlCheck(
                "orphaned-branches",
                "I6",
                "the coordinator asks for the end of every branch; none was orphaned in the last " + TOLD_FOR.toHours()
                        + " hours",
                Duration.ZERO,
                TOLD_FOR,
                OF_THE_LAST_DAY,
                database,
                clock);
    }

    @Override
    public String name() {
        return query.name();
    }

    @Override
    public String invariant() {
        return query.invariant();
    }

    @Override
    public String sentence() {
        return query.sentence();
    }

    /** What is written down has happened. */
    @Override
    public boolean certain() {
        return true;
    }

    @Override
    public CheckResult run(CheckState state) {
        return query.run(state);
    }
}

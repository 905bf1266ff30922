package io.holdfast.stock.reconciliation;

import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckResult;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long goods have been reserved, in numbers; and which orders hold theirs for too long. What is reserved has a branch that is
 * TRIED, or PARKED: so it is found by the index of the fence, and no reservation that has ended is read.
 */
final class ReservationsByAge implements Check {

    private static final int MAX_FINDINGS = 200;

    private final JdbcClient jdbc;
    private final Duration reservedFor;
    private final Clock clock;

    ReservationsByAge(JdbcClient jdbc, Duration reservedFor, Clock clock) {
        this.jdbc = jdbc;
        this.reservedFor = reservedFor;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "reservations-by-age";
    }

    @Override
    public String invariant() {
        return "I6";
    }

    @Override
    public String sentence() {
        return "no order has its goods reserved for longer than " + reservedFor
                + ", unless its branch is parked and waits for a person";
    }

    @Override
    public CheckResult run(CheckState state) {
        LocalDateTime now = LocalDateTime.now(clock);
        List<Finding> findings = jdbc.sql("""
                        select r.order_id as subject, concat('reserved since ', min(r.created_at), ', xid ', min(r.xid)) as detail
                        from tcc_fence_log f
                        join reservation r on r.xid = f.xid and r.branch_id = f.branch_id
                        where f.status = 1 and r.status = 'RESERVED' and r.created_at < :before
                        group by r.order_id order by r.order_id limit :most
                        """)
                .param("before", now.minus(reservedFor))
                .param("most", MAX_FINDINGS)
                .query((row, n) -> new Finding(row.getString("subject"), row.getString("detail")))
                .list();
        Map<String, Long> ages = ages(now);
        long reserved = ages.values().stream().mapToLong(Long::longValue).sum();
        return new CheckResult(findings, findings.size() < MAX_FINDINGS, "", reserved, new TreeMap<>(ages));
    }

    /** Reservations, not pieces. */
    private Map<String, Long> ages(LocalDateTime now) {
        Map<String, Long> ages = new TreeMap<>(Map.of(
                "younger than 1 min",
                0L,
                "younger than 15 min",
                0L,
                "younger than 1 h",
                0L,
                "older",
                0L,
                "parked",
                0L));
        jdbc.sql("""
                        select case
                                when f.status = 6 then 'parked'
                                when r.created_at > :minute then 'younger than 1 min'
                                when r.created_at > :quarter then 'younger than 15 min'
                                when r.created_at > :hour then 'younger than 1 h'
                                else 'older' end as age,
                            count(*) as reservations
                        from tcc_fence_log f
                        join reservation r on r.xid = f.xid and r.branch_id = f.branch_id
                        where f.status in (1, 6) and r.status = 'RESERVED'
                        group by age
                        """)
                .param("minute", now.minusMinutes(1))
                .param("quarter", now.minusMinutes(15))
                .param("hour", now.minusHours(1))
                .query(row -> {
                    ages.put(row.getString("age"), row.getLong("reservations"));
                });
        return ages;
    }
}

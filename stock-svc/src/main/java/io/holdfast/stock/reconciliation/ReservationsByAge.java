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

/**
 * How long goods have been reserved, in numbers, and which orders have held theirs for too long.
 */
final class ReservationsByAge implements Check {

    private static final int MAX_FINDINGS = 200;

    private final ReservationAgeMapper mapper;
    private final Duration reservedFor;
    private final Clock clock;

    ReservationsByAge(ReservationAgeMapper mapper, Duration reservedFor, Clock clock) {
        this.mapper = mapper;
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
        List<Finding> findings = mapper.reservedBefore(now.minus(reservedFor), MAX_FINDINGS).stream()
                .map(order -> new Finding(order.subject(), order.detail()))
                .toList();
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
        mapper.countByAge(now.minusMinutes(1), now.minusMinutes(15), now.minusHours(1))
                .forEach(group -> ages.put(group.age(), group.reservations()));
        return ages;
    }
}

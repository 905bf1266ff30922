package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.retry.StockAction.Operation;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;

/** Many threads do anything with few branches, in any order. The seeds are fixed; only the interleaving differs. */
@Timeout(600)
abstract class FenceStressAcceptance {

    private static final int THREADS = 32;
    /** All threads are at about the same place, so that about this many branches are fought over at any time. */
    private static final int WINDOW = 16;

    private static final int BRANCHES_PER_STEP = 8;

    private static final int MAX_ROUNDS = 5_000;

    abstract TestDatabase database();

    /** Whether the database answers writers that meet with a serialization failure, which it tells to try again. */
    abstract boolean failsToSerialize(Isolation isolation);

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void any_mix_of_try_confirm_and_cancel_deadlocks_never_and_keeps_the_stock_right(Isolation isolation)
            throws Exception {
        Storm storm = run(isolation, 1_000, Set.of(Operation.CONFIRM, Operation.CANCEL));

        assertThat(storm.surprises)
                .filteredOn(e -> !(failsToSerialize(isolation) && e instanceof PessimisticLockingFailureException))
                .isEmpty();
        assertThat(storm.deadlocks).as("deadlocks").isZero();
    }

    /**
     * A Try that rolls its new row back while two others wait for that row is the one case in which InnoDB deadlocks whatever
     * the statements: both waiters inherit a lock on the gap and then both insert into it. The one that is chosen changes
     * nothing and is tried again.
     */
    @ParameterizedTest
    @EnumSource(Isolation.class)
    void a_mix_in_which_tries_fail_too_keeps_the_stock_right(Isolation isolation) throws Exception {
        Storm storm = run(isolation, 150, EnumSet.allOf(Operation.class));

        assertThat(storm.surprises)
                .filteredOn(e -> !(e instanceof PessimisticLockingFailureException))
                .isEmpty();
        assertThat(storm.counted).containsKey(FenceOutcome.TRY_FAILED);
    }

    private Storm run(Isolation isolation, int operationsOfEach, Set<Operation> failing) throws Exception {
        Logger alarms = (Logger) LoggerFactory.getLogger(Instance.class.getPackageName());
        Level levelBefore = alarms.getLevel();
        // Thousands of contradictions and of failures are made here on purpose.
        alarms.setLevel(Level.OFF);
        long deadlocksBefore = database().deadlocks();
        try {
            Storm storm = stormAndCheck(isolation, operationsOfEach, failing);
            // Only now: PostgreSQL counts the deadlocks of a session when it ends.
            storm.deadlocks = database().deadlocks() - deadlocksBefore;
            return storm;
        } finally {
            alarms.setLevel(levelBefore);
        }
    }

    private Storm stormAndCheck(Isolation isolation, int operationsOfEach, Set<Operation> failing) throws Exception {
        try (FenceBench bench = new FenceBench(database(), THREADS)) {
            // What fails is never parked here, however often.
            bench.policies.put(
                    StockAction.NAME,
                    new ActionPolicy(
                            Duration.ofSeconds(1),
                            Duration.ofMinutes(5),
                            Duration.ofDays(365),
                            false,
                            Duration.ofMillis(200),
                            8,
                            false));
            Instance fence = bench.fence(isolation);
            Storm storm = new Storm(bench, fence, operationsOfEach, failing);
            storm.run();
            storm.counted = bench.countedOutcomes();
            assertNothingHappenedTwice(bench);
            assertRowsEffectsAndStockAgree(bench);
            assertEveryCallWasCounted(bench, storm);
            endAllBranches(bench, fence);
            assertThat(bench.stock().reserved()).isZero();
            assertRowsEffectsAndStockAgree(bench);
            return storm;
        }
    }

    private static void assertNothingHappenedTwice(FenceBench bench) {
        assertThat(bench.count("""
                select count(*) from (
                    select 1 as n from effect where operation in ('TRY', 'CONFIRM', 'CANCEL')
                    group by xid, branch_id, operation having count(*) > 1
                ) twice
                """)).as("effects that happened twice").isZero();
        assertThat(bench.count("""
                select count(*) from (
                    select 1 as n from effect where operation in ('CONFIRM', 'CANCEL')
                    group by xid, branch_id having count(*) > 1
                ) both_ways
                """)).as("branches confirmed and cancelled").isZero();
        assertThat(bench.count("""
                select count(*) from effect e where operation in ('CONFIRM', 'CANCEL') and not exists (
                    select 1 from effect t where t.xid = e.xid and t.branch_id = e.branch_id and t.operation = 'TRY'
                )
                """)).as("ends without a Try").isZero();
    }

    private static void assertRowsEffectsAndStockAgree(FenceBench bench) {
        Map<FenceStatus, Long> rows = new EnumMap<>(FenceStatus.class);
        for (FenceStatus status : FenceStatus.values()) {
            rows.put(status, bench.count("select count(*) from tcc_fence_log where status = " + status.code()));
        }
        long tried = rows.get(FenceStatus.TRIED);
        long committed = rows.get(FenceStatus.COMMITTED);
        long rollbacked = rows.get(FenceStatus.ROLLBACKED);
        assertThat(effects(bench, Operation.TRY)).isEqualTo(tried + committed + rollbacked);
        assertThat(effects(bench, Operation.CONFIRM)).isEqualTo(committed);
        assertThat(effects(bench, Operation.CANCEL)).isEqualTo(rollbacked);
        assertThat(bench.stock())
                .isEqualTo(FenceBench.stockWith(StockAction.QUANTITY * tried, StockAction.QUANTITY * committed));
        assertThat(bench.count(
                        "select count(*) from stock where available + reserved + sold <> " + FenceBench.RECEIVED))
                .as("articles whose sum is wrong")
                .isZero();
    }

    private static long effects(FenceBench bench, Operation operation) {
        return bench.count("select count(*) from effect where operation = '" + operation + "'");
    }

    private static void assertEveryCallWasCounted(FenceBench bench, Storm storm) {
        Map<FenceOutcome, Long> counted = storm.counted;
        assertThat(counted.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo((long) THREADS * storm.operationsOfEach);
        // A storm in which one of these never happened would prove nothing about it.
        assertThat(counted.keySet())
                .containsAll(EnumSet.complementOf(
                        EnumSet.of(FenceOutcome.TRY_FAILED, FenceOutcome.GIVEN_UP, FenceOutcome.GIVE_UP_FAILED)));
        assertThat(counted.get(FenceOutcome.TRIED)).isEqualTo(effects(bench, Operation.TRY));
        assertThat(counted.get(FenceOutcome.COMMITTED)).isEqualTo(effects(bench, Operation.CONFIRM));
        assertThat(counted.get(FenceOutcome.ROLLED_BACK)).isEqualTo(effects(bench, Operation.CANCEL));
        assertThat(counted.get(FenceOutcome.EMPTY_ROLLBACK)).isEqualTo(effects(bench, Operation.EMPTY_ROLLBACK));
        assertThat(counted.get(FenceOutcome.DUPLICATE)).isEqualTo(storm.duplicates.get());
        assertThat(counted.get(FenceOutcome.SUSPENDED)).isEqualTo(storm.suspended.get());
    }

    /** What failed is attempted again when it is due; and every branch that is still TRIED hears its end. */
    private static void endAllBranches(FenceBench bench, Instance fence) {
        bench.action.disturb((operation, context) -> {});
        // Under REPEATABLE READ, PostgreSQL lets attempts of one article that meet fail: each round ends some of them.
        for (int round = 0;
                round < MAX_ROUNDS
                        && !bench.rows("where next_attempt_at is not null").isEmpty();
                round++) {
            bench.clock.advance(ActionPolicy.DEFAULT.maxDelay());
            bench.runDue(fence);
        }
        assertThat(bench.rows("where next_attempt_at is not null")).isEmpty();
        for (FenceBench.FenceRow row : bench.rows("where status = 1")) {
            boolean ended = row.branchId() % 2 == 0
                    ? bench.confirm(fence, row.xid(), row.branchId())
                    : bench.cancel(fence, row.xid(), row.branchId());
            assertThat(ended).isTrue();
        }
        assertThat(bench.rows("where status = 1")).isEmpty();
    }

    private static final class Storm {

        private static final long SEED = 20_260_102L;

        private final FenceBench bench;
        private final Instance fence;
        private final int operationsOfEach;
        private Map<FenceOutcome, Long> counted = Map.of();
        private long deadlocks;
        private final ThreadLocal<Boolean> failing = ThreadLocal.withInitial(() -> false);
        private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
        private final AtomicLong duplicates = new AtomicLong();
        private final AtomicLong suspended = new AtomicLong();

        /** @param failingOperations those that fail now and then, after their SQL */
        Storm(FenceBench bench, Instance fence, int operationsOfEach, Set<Operation> failingOperations) {
            this.bench = bench;
            this.fence = fence;
            this.operationsOfEach = operationsOfEach;
            bench.action.disturb((operation, context) -> {
                if (failing.get() && failingOperations.contains(operation)) {
                    throw new DeliberateFailure();
                }
            });
        }

        void run() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                CyclicBarrier start = new CyclicBarrier(THREADS);
                List<Future<?>> done = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    SplittableRandom random = new SplittableRandom(SEED + thread);
                    done.add(threads.submit(() -> {
                        start.await(1, TimeUnit.MINUTES);
                        for (int step = 0; step < operationsOfEach; step++) {
                            operate(random, step);
                        }
                        return null;
                    }));
                }
                for (Future<?> each : done) {
                    each.get(5, TimeUnit.MINUTES);
                }
            } finally {
                threads.shutdownNow();
            }
        }

        private void operate(SplittableRandom random, int step) {
            long branch = 1L + (long) step * BRANCHES_PER_STEP + random.nextInt(WINDOW);
            String xid = "10.0.0.1:8091:" + branch / 2;
            failing.set(random.nextInt(100) < 5);
            int what = random.nextInt(100);
            // Most ends of a branch agree with each other, as the coordinator's do.
            boolean confirms = random.nextInt(100) < 3 ^ branch % 2 == 0;
            if (what < 40) {
                tryReserve(xid, branch);
            } else if (confirms) {
                bench.confirm(fence, xid, branch);
            } else {
                bench.cancel(fence, xid, branch);
            }
        }

        private void tryReserve(String xid, long branch) {
            try {
                bench.tryReserve(fence, xid, branch, FenceBench.sku((int) branch));
            } catch (SkipCallbackWrapperException e) {
                Throwable cause = rootOf(e);
                if (cause instanceof TryRefusedException.Duplicate) {
                    duplicates.incrementAndGet();
                } else if (cause instanceof TryRefusedException.Suspended) {
                    suspended.incrementAndGet();
                } else if (!(cause instanceof DeliberateFailure)) {
                    surprises.add(cause);
                }
            }
        }

        private static Throwable rootOf(Throwable wrapped) {
            Throwable cause = wrapped;
            while (cause instanceof SkipCallbackWrapperException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause;
        }
    }

    private static final class DeliberateFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        DeliberateFailure() {
            super("on purpose", null, false, false);
        }
    }
}

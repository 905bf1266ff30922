package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.InstanceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Restarts, and several instances on one database. */
abstract class InstanceCases extends RetryCases {

    @Test
    void after_a_restart_the_schedule_goes_on_from_the_rows_with_the_same_context() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        BusinessActionContext context = new BusinessActionContext(
                XID, Long.toString(BRANCH), new ConcurrentHashMap<>(Map.of("orders", List.of("o-1", "o-2"), "n", 2)));
        context.setActionName(StockAction.NAME);
        fence.commitFence(FenceBench.confirmMethod("sell"), bench.action, XID, BRANCH, new Object[] {context});
        fence.schedule().close();
        Queue<BusinessActionContext> seen = new ConcurrentLinkedQueue<>();
        bench.action.disturb((operation, ofAttempt) -> seen.add(ofAttempt));

        Instance restarted = bench.fence();
        bench.runDue(restarted);
        assertThat(seen).as("not due yet").isEmpty();
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(restarted);

        assertThat(seen).singleElement().satisfies(again -> {
            assertThat(again.getXid()).isEqualTo(XID);
            assertThat(again.getBranchId()).isEqualTo(BRANCH);
            assertThat(again.getActionName()).isEqualTo(StockAction.NAME);
            assertThat(again.getActionContext("orders")).isEqualTo(List.of("o-1", "o-2"));
            assertThat(again.getActionContext("n", Integer.class)).isEqualTo(2);
        });
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.confirm(restarted, XID, BRANCH)).isTrue();
    }

    @Test
    void two_instances_share_the_rows_and_make_no_attempt_twice() throws Exception {
        int branches = 60;
        AtomicInteger attempts = new AtomicInteger();
        Map<Long, AtomicInteger> atOnce = new ConcurrentHashMap<>();
        Queue<String> overlaps = new ConcurrentLinkedQueue<>();
        RemoteStock action = new RemoteStock(bench, context -> {
            AtomicInteger now = atOnce.computeIfAbsent(context.getBranchId(), id -> new AtomicInteger());
            if (now.incrementAndGet() > 1) {
                overlaps.add("branch " + context.getBranchId());
            }
            attempts.incrementAndGet();
            Thread.yield();
            now.decrementAndGet();
        });
        bench.actions.put(StockAction.NAME, action);
        schedule(LongStream.rangeClosed(1, branches));
        Instance other = bench.fence();
        bench.clock.advance(Duration.ofSeconds(1));

        fence.schedule().start();
        other.schedule().start();

        Awaitility.await().until(() -> bench.count("select count(*) from tcc_fence_log where status = 2") == branches);
        assertThat(attempts).hasValue(branches);
        assertThat(overlaps).isEmpty();
        assertThat(bench.count("select count(*) from effect where operation = 'CONFIRM'"))
                .isEqualTo(branches);
        assertThat(bench.count("select count(*) from tcc_fence_log where claimed_by is not null"))
                .isZero();
    }

    @Test
    void two_instances_that_look_at_the_same_moment_claim_a_row_once() {
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        FenceTransactions transactions = new FenceTransactions(bench.transactionManager, Isolation.READ_COMMITTED);
        RetryTable one = new RetryTable(bench.dataSource, transactions, new InstanceName("one"));
        RetryTable other = new RetryTable(bench.dataSource, transactions, new InstanceName("other"));
        List<ScheduledBranch> seenByBoth = one.due(StockAction.NAME, RetryTier.EARLY, bench.clock.instant(), 10);
        assertThat(seenByBoth).hasSize(1);
        Instant lease = bench.clock.instant().plusSeconds(30);

        assertThat(one.claim(seenByBoth, lease)).isEqualTo(seenByBoth);
        assertThat(other.claim(seenByBoth, lease)).isEmpty();
    }

    @Test
    void an_instance_that_died_in_an_attempt_leaves_a_lease_and_another_one_takes_the_row_over() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(dead);
            }
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        Instance other = bench.fence();

        bench.clock.advance(RetryProperties.DEFAULT.lease().minusMillis(1));
        bench.runDue(other);
        assertThat(calls).as("the lease holds").hasValue(1);
        assertThat(bench.confirm(other, XID, BRANCH)).isFalse();
        bench.clock.advance(Duration.ofMillis(1));
        bench.runDue(other);

        assertThat(calls).hasValue(2);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        // The dead one was only slow, and comes back when its row is ended.
        dead.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(row().attempts()).isEqualTo(1);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
    }

    @Test
    void an_attempt_that_takes_longer_than_its_lease_keeps_its_row_as_long_as_its_instance_lives() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            calls.incrementAndGet();
            await(slow);
        }));
        schedule(LongStream.of(BRANCH));
        bench.clock.advance(Duration.ofSeconds(1));
        fence.schedule().poll();
        Awaitility.await().until(() -> calls.get() == 1);
        Instance other = bench.fence();

        for (int third = 0; third < 9; third++) {
            bench.clock.advance(RetryProperties.DEFAULT.lease().dividedBy(3).plusMillis(1));
            fence.schedule().poll();
            bench.runDue(other);
        }
        slow.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();

        assertThat(calls).hasValue(1);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }

    @Test
    void a_row_that_is_locked_by_an_attempt_elsewhere_holds_no_poller_up() throws Exception {
        schedule(LongStream.of(BRANCH, 43));
        bench.clock.advance(Duration.ofSeconds(1));
        try (var connection = bench.dataSource.getConnection()) {
            connection
                    .createStatement()
                    .executeUpdate(
                            "update tcc_fence_log set attempts = 1 where branch_id = 42 and xid = '" + XID + "'");

            bench.runDue(fence);
            assertThat(bench.row(43).status()).isEqualTo(FenceStatus.COMMITTED);
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            connection.rollback();
        }
        bench.runDue(fence);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
    }
}

package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Branches that are stuck hold up no others. */
abstract class StuckBranchCases extends RetryCases {

    @Test
    void three_hundred_stuck_branches_do_not_delay_one_that_failed_once() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        bench.actions.put("gateway.capture", new RemoteStock(bench, context -> {
            waiting.incrementAndGet();
            await(stuck);
        }));
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            if (context.getBranchId() <= 300) {
                waiting.incrementAndGet();
                await(stuck);
            }
        }));
        // Of the same action and of another one, failed often and long overdue.
        schedule(LongStream.rangeClosed(1, 300));
        bench.execute("update tcc_fence_log set lane = 2, delay_step = 9, attempts = 9");
        bench.execute("update tcc_fence_log set action_name = 'gateway.capture', lane = 1 where branch_id <= 150");
        bench.clock.advance(Duration.ofMinutes(1));
        fence.schedule().start();
        Awaitility.await().until(() -> waiting.get() >= 6 + 4);

        schedule(LongStream.of(301));
        bench.clock.advance(Duration.ofSeconds(1));

        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> bench.row(301).status() == FenceStatus.COMMITTED);
        assertThat(stuck.getCount()).as("the others are stuck still").isEqualTo(1);
        assertThat(bench.count("select count(*) from tcc_fence_log where status = 1"))
                .isEqualTo(300);
        stuck.countDown();
    }

    @Test
    void an_action_that_cannot_be_attempted_at_all_holds_up_no_other_one() throws Exception {
        bench.actions.put("broken.action", bench.action);
        schedule(LongStream.of(BRANCH, 43));
        bench.execute("update tcc_fence_log set action_name = 'broken.action' where branch_id = 43");
        bench.clock.advance(Duration.ofSeconds(1));
        bench.policies.failFor("broken.action");

        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.TRIED);
    }

    @Test
    void an_action_whose_look_ends_in_an_error_holds_up_no_other_one_either() throws Exception {
        // Before the other one in any order of names.
        bench.actions.put("a.broken.action", bench.action);
        schedule(LongStream.of(BRANCH, 43));
        bench.execute("update tcc_fence_log set action_name = 'a.broken.action' where branch_id = 43");
        bench.clock.advance(Duration.ofSeconds(1));
        bench.policies.failWithAnErrorFor("a.broken.action");

        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.TRIED);
    }

    @Test
    void an_error_that_is_no_exception_is_a_failed_attempt_too() {
        policy(withDeadline(Duration.ofSeconds(5)));
        bench.actions.put(StockAction.NAME, new RemoteStock(bench, context -> {
            throw new NoClassDefFoundError("io/gateway/Client");
        }));
        schedule(LongStream.of(BRANCH));

        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).contains("io/gateway/Client");
    }
}

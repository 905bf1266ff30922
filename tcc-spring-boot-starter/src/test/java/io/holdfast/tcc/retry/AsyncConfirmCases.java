package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Confirms that run on an executor of their own. */
abstract class AsyncConfirmCases extends RetryCases {

    @Test
    void an_async_confirm_that_is_quick_ends_in_the_coordinators_own_call_with_no_more_sql() {
        policy(async(Duration.ofSeconds(10)));
        fence.schedule().poll();
        tryReserve();
        statements().clear();

        assertThat(confirm()).isTrue();

        assertThat(statements()).filteredOn(sql -> sql.contains("tcc_")).hasSize(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void an_async_confirm_that_is_slow_holds_the_coordinator_up_for_no_longer_than_it_may() throws Exception {
        policy(async(Duration.ofMillis(50)));
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            calls.incrementAndGet();
            await(slow);
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();

        long start = System.nanoTime();
        assertThat(confirm(action)).isFalse();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
        assertThat(bench.count("select count(*) from tcc_fence_log where decision = 1 and claimed_by is not null"))
                .as("the decision is durable while the attempt goes on")
                .isEqualTo(1);
        assertThat(confirm(action)).isFalse();
        slow.countDown();
        Awaitility.await().until(() -> confirm(action));
        assertThat(calls).as("one attempt").hasValue(1);
        assertThat(effects()).containsExactly(TRY, CONFIRM);
        assertThat(row().attempts()).isZero();
    }

    @Test
    void an_instance_that_dies_in_a_slow_async_confirm_is_followed_by_another_one() throws Exception {
        policy(async(Duration.ofMillis(20)));
        CountDownLatch dead = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            if (calls.getAndIncrement() == 0) {
                await(dead);
            }
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();
        assertThat(confirm(action)).isFalse();

        bench.clock.advance(RetryProperties.DEFAULT.lease());
        bench.runDue(bench.fence());

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        dead.countDown();
        assertThat(fence.schedule().awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(effects()).containsExactly(TRY, CONFIRM);
    }

    @Test
    void async_confirms_for_which_there_is_no_place_are_put_off_durably() throws Exception {
        policy(async(Duration.ofMillis(20), 3));
        CountDownLatch slow = new CountDownLatch(1);
        RemoteStock action = new RemoteStock(bench, context -> await(slow));
        bench.actions.put(StockAction.NAME, action);
        for (long branch = 1; branch <= 5; branch++) {
            tryReserve(branch);
            assertThat(confirm(action, branch)).isFalse();
        }
        assertThat(bench.count("select count(*) from tcc_fence_log where decision = 1"))
                .isEqualTo(5);
        assertThat(bench.count("select count(*) from tcc_fence_log where claimed_by is not null"))
                .isEqualTo(2);

        slow.countDown();
        fence.schedule().start();

        Awaitility.await().until(() -> bench.count("select count(*) from tcc_fence_log where status = 2") == 5);
        assertThat(bench.count("select count(*) from effect where operation = 'CONFIRM'"))
                .isEqualTo(5);
    }

    private static ActionPolicy async(Duration answerWithin) {
        return async(answerWithin, 8);
    }

    private static ActionPolicy async(Duration answerWithin, int concurrency) {
        return new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                true,
                answerWithin,
                concurrency,
                false);
    }
}

package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * All of phase two as a simulator drives it: on the thread of the test, by a clock that the test moves. No other thread makes an
 * attempt, and no time passes that the test does not let pass.
 */
abstract class OneThreadCases extends RetryCases {

    private static final int BRANCHES = 24;

    private final Set<Thread> threads = new HashSet<>();
    private final Map<Long, Integer> confirms = new HashMap<>();

    @Test
    void two_instances_that_take_turns_end_every_branch_once_whether_its_confirm_fails_or_is_refused() {
        runUntilAllHaveEnded(false);
    }

    @Test
    void so_they_do_if_first_confirms_are_handed_to_an_executor() {
        runUntilAllHaveEnded(true);
    }

    private void runUntilAllHaveEnded(boolean async) {
        threads.clear();
        confirms.clear();
        GivingUpStock action = givingUp();
        policy(new ActionPolicy(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                async,
                Duration.ofMillis(200),
                4,
                false));
        action.disturb((operation, context) -> {
            threads.add(Thread.currentThread());
            if (operation == CONFIRM) {
                if (context.getBranchId() % 4 == 0) {
                    throw new ConfirmRefusedException("card stolen");
                }
                if (confirms.merge(context.getBranchId(), 1, Integer::sum) <= context.getBranchId() % 4) {
                    throw new IllegalStateException("the ledger is closed");
                }
            }
        });
        List<Instance> instances = List.of(onThisThread("one"), onThisThread("other"));
        for (long branch = 0; branch < BRANCHES; branch++) {
            bench.tryReserve(instances.get(0), XID, branch, FenceBench.SKU);
        }
        for (long branch = 0; branch < BRANCHES; branch++) {
            assertThat(instances
                            .get((int) branch % 2)
                            .commitFence(FenceBench.confirmMethod("sell"), action, XID, branch, new Object[] {
                                FenceBench.context(XID, branch)
                            }))
                    .isFalse();
        }

        int turns = 0;
        while (stillOpen() > 0) {
            assertThat(turns).as("turns").isLessThan(1_000);
            Duration nothingDue = instances.get(turns++ % 2).schedule().poll();
            bench.clock.advance(nothingDue);
        }

        assertThat(threads).containsExactly(Thread.currentThread());
        for (long branch = 0; branch < BRANCHES; branch++) {
            boolean refused = branch % 4 == 0;
            assertThat(bench.effectsOf(branch)).isEqualTo(refused ? List.of(TRY) : List.of(TRY, CONFIRM));
            assertThat(bench.row(branch).attempts()).isEqualTo(refused ? 1 : (int) branch % 4);
        }
        assertThat(action.told)
                .as("outside and inside, of each that was refused")
                .hasSize(2 * BRANCHES / 4);
        assertThat(bench.stock()).isEqualTo(stockWith(QUANTITY * BRANCHES / 4, QUANTITY * (BRANCHES - BRANCHES / 4)));
        assertThat(bench.count("select count(*) from tcc_fence_log where claimed_by is not null"))
                .isZero();
    }

    private long stillOpen() {
        return bench.count("select count(*) from tcc_fence_log where status = 1");
    }

    private Instance onThisThread(String name) {
        FenceProperties properties =
                new FenceProperties(Isolation.READ_COMMITTED, Duration.ofDays(7), Duration.ofMinutes(10), 500);
        return bench.fence(properties, bench.dataSource, Runnable::run, name);
    }
}

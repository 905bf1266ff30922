package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.retry.StockAction.Operation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is promised of the fence, on one database: each case begins as if it were the first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
abstract class FenceCases implements OnDatabase {

    static final long BRANCH = 42;
    static final int QUANTITY = StockAction.QUANTITY;

    FenceBench bench;
    Instance fence;

    @BeforeAll
    void open() throws SQLException {
        bench = new FenceBench(database(), 24);
    }

    @BeforeEach
    void erase() throws SQLException {
        bench.erase();
        fence = bench.fence();
    }

    @AfterAll
    void close() {
        bench.close();
    }

    // The calls, as Seata makes them

    Object tryReserve() {
        return tryReserve(BRANCH);
    }

    Object tryReserve(long branchId) {
        return bench.tryReserve(fence, XID, branchId, SKU);
    }

    boolean confirm() {
        return confirm(BRANCH);
    }

    boolean confirm(long branchId) {
        return bench.confirm(fence, XID, branchId);
    }

    boolean confirm(StockAction action) {
        return confirm(action, BRANCH);
    }

    boolean confirm(StockAction action, long branch) {
        return fence.commitFence(
                FenceBench.confirmMethod("sell"), action, XID, branch, new Object[] {FenceBench.context(XID, branch)});
    }

    boolean cancel() {
        return cancel(BRANCH);
    }

    boolean cancel(long branchId) {
        return bench.cancel(fence, XID, branchId);
    }

    /** What is due then is attempted. */
    void attemptAfter(Duration delay) {
        bench.clock.advance(delay);
        bench.runDue(fence);
    }

    // What is disturbed

    void fail(Operation failing, Exception failure) {
        fail(failing, bench.action, failure);
    }

    static void fail(Operation failing, StockAction action, Exception failure) {
        action.disturb((operation, context) -> {
            if (operation == failing) {
                throw failure;
            }
        });
    }

    void heal() {
        bench.action.disturb((operation, context) -> {});
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // What is seen

    FenceBench.FenceRow row() {
        return bench.row(BRANCH);
    }

    List<Operation> effects() {
        return bench.effectsOf(BRANCH);
    }

    /** Of exactly these outcomes this many, and of no others any. */
    void assertCounted(Map<FenceOutcome, Long> expected) {
        assertThat(bench.countedOutcomes()).isEqualTo(expected);
    }
}

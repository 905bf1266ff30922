package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A Confirm that does not succeed leaves no effect, is counted with its reason, and is tried again until it does. */
@OnThePlatform
@Order(22)
class FailingConfirmIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    FailingConfirmIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    @Test
    void aConfirmThatCannotGetItsRowIsCountedAndComesAgain() {
        long failed = platform.fenceCount(stack.stock(), "stock.reserve", "confirm-failed");
        HeldOrder held = HeldOrder.atStockSell(platform);

        await("the attempt is given up and counted")
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(10))
                .until(() -> attempts(held.xid) >= 1);
        held.assertFence("stock_svc", "TRIED");
        assertThat(databases.text("select last_error from stock_svc.tcc_fence_log where xid = ?", held.xid))
                .as("why the attempt failed")
                .containsIgnoringCase("lock wait timeout");
        assertThat(platform.fenceCount(stack.stock(), "stock.reserve", "confirm-failed"))
                .isGreaterThan(failed);
        databases.assertBalancedAtEveryInstant();
        assertThat(databases.stock(held.sku)).as("no effect").isEqualTo(new Databases.Stock(10, 8, 2, 0));
        assertThat(held.answer().status()).as("decided stays decided").isEqualTo(201);
        assertThat(platform.getOrder(held.orderId).text())
                .as("the order's timeline tells of the attempt")
                .contains("\"attempts\":" + attempts(held.xid));

        held.release();
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
    }

    private long attempts(String xid) {
        return databases.number("select max(attempts) from stock_svc.tcc_fence_log where xid = ?", xid);
    }
}

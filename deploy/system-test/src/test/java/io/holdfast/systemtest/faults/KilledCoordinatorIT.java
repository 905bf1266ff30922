package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The coordinator dies after it has sent a Confirm or Cancel and before the answer: the service has done it, the coordinator's records
 * say it is still to be done. Restarted, it calls again; the second call must have no effect.
 */
@OnThePlatform
@Order(40)
class KilledCoordinatorIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    KilledCoordinatorIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    /** Of one order in the middle of its commit, and of another in the middle of its rollback: one kill for both. */
    @Test
    void coordinatorKilledMidCommitAndMidRollbackCompletesBothAndWhatComesTwiceTakesEffectOnce() {
        long confirmedAgain = platform.fenceCount(stack.stock(), "stock.reserve", "repeated");
        long cancelledAgain = platform.fenceCount(stack.payment(), "payment.open", "repeated");
        String sku = platform.goods(1);
        String buyer = platform.buyer(100_00);
        // While stock cannot even be read, payment is tried, and the test gets hold of the account before the rollback
        // does.
        DatabaseFaults.Lock stock = platform.faults().holdAllOfStock();
        CompletableFuture<Answer> sent = platform.sendOrder(buyer, new Line(sku, 2, 10_00));
        String orderId = databases.awaitOrderOf(buyer);
        String xid = databases.xidOf(orderId);
        // It may be the reconciler of stock-svc that waits.
        databases.awaitFence("payment_svc", xid, "TRIED");
        stock.awaitWaiting("stock-svc");
        DatabaseFaults.Lock account = platform.faults().holdAccount(buyer);
        stock.release();
        account.awaitWaiting("payment-svc");
        HeldOrder held = HeldOrder.atStockSell(platform);
        account.awaitWaiting("payment-svc");
        assertThat(databases.account(buyer))
                .as("before its Cancel")
                .isEqualTo(new Databases.Account(100_00, 80_00, 20_00, 0));

        platform.kill(stack.coordinator());
        held.assertFence("stock_svc", "TRIED");
        held.release();
        account.release();
        databases.awaitFence("stock_svc", held.xid, "COMMITTED");
        databases.awaitFence("payment_svc", xid, "ROLLBACKED");
        assertThat(branchesKnown(held.xid))
                .as("branches that the dead coordinator still has to confirm")
                .isEqualTo(2);
        assertThat(branchesKnown(xid))
                .as("branches that the dead coordinator still has to cancel")
                .isOne();
        assertThat(databases.account(buyer))
                .as("after its Cancel")
                .isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
        Answer answer = held.answer();
        // order-svc was not told how it went, so it does not tell its buyer either: neither yes nor no would be the
        // truth.
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("outcome-unknown");
        assertThat(answer.orderId()).isEqualTo(held.orderId);
        assertThat(held.status()).isEqualTo("PLACED");

        platform.start(stack.coordinator());
        await("the restarted coordinator has its records settled")
                .atMost(Duration.ofSeconds(60))
                .until(() -> branchesKnown(held.xid) + branchesKnown(xid) == 0);
        assertThat(platform.fenceCount(stack.stock(), "stock.reserve", "repeated"))
                .as("Confirms of stock.reserve that came again")
                .isGreaterThan(confirmedAgain);
        assertThat(platform.fenceCount(stack.payment(), "payment.open", "repeated"))
                .as("Cancels of payment.open that came again")
                .isGreaterThan(cancelledAgain);
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
        assertThat(Platform.answerOf(sent).status()).isNotEqualTo(201);
        assertThat(databases.orderStatus(orderId)).isEqualTo("REJECTED");
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(1, 1, 0, 0));
        platform.awaitOrdersArePaid();
    }

    private long branchesKnown(String xid) {
        return databases.number("select count(*) from seata.branch_table where xid = ?", xid);
    }
}

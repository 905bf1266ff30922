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

/** A Try that is slower than its caller's patience: the order was given up meanwhile, and what is reserved now nobody waits for. */
@OnThePlatform
@Order(21)
class LateTryIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    LateTryIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    /** The request lies in the frozen process's socket until long after the rollback, and is worked off then. */
    @Test
    void aTryThatComesAfterTheRollbackIsRefused() {
        String sku = platform.goods(10);
        String buyer = platform.buyer(100_00);
        platform.freeze(stack.stock());
        Answer answer = platform.order(buyer, new Line(sku, 2, 10_00));
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("service-unavailable");
        String xid = databases.xidOf(answer.orderId());
        await("the rollback is through")
                .until(() -> databases.fence("payment_svc", xid).equals("ROLLBACKED"));

        platform.thaw(stack.stock());

        await("the late call has reached the coordinator and was refused")
                .atMost(Duration.ofSeconds(20))
                .until(() -> platform.logOf(stack.stock())
                        .lines()
                        .anyMatch(line -> line.contains("No branch registered") && line.contains(xid)));
        databases.awaitRestAndBalance();
        assertThat(databases.fence("stock_svc", xid))
                .as("the branch in stock-svc")
                .isEmpty();
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
        assertThat(databases.orderStatus(answer.orderId())).isEqualTo("REJECTED");
    }

    /** It waits for two rows, one after the other, and for each less long than stock-svc bears: together longer than order-svc does. */
    @Test
    void aTryThatIsStillAtWorkWhenItsCancelComesIsUndone() {
        String first = platform.goods(10);
        String second = platform.goods(10);
        String buyer = platform.buyer(100_00);
        DatabaseFaults.Lock firstRow = platform.faults().holdStock(first);
        DatabaseFaults.Lock secondRow = platform.faults().holdStock(second);
        CompletableFuture<Answer> sent =
                platform.sendOrder(buyer, new Line(first, 1, 10_00), new Line(second, 1, 10_00));
        String orderId = databases.awaitOrderOf(buyer);
        firstRow.awaitWaiting("stock-svc");
        await("the first row is held for as long as is borne")
                .pollInterval(DatabaseFaults.POLL)
                .during(Duration.ofSeconds(3))
                .until(() -> firstRow.isWaitedForBy("stock-svc"));
        firstRow.release();
        secondRow.awaitWaiting("stock-svc");

        await("the Cancel stands behind the Try of its own branch")
                .pollInterval(DatabaseFaults.POLL)
                .atMost(Duration.ofSeconds(4))
                .until(() -> platform.faults().isWaitingForItself("stock-svc"));
        secondRow.release();

        String xid = databases.xidOf(orderId);
        databases.awaitFence("stock_svc", xid, "ROLLBACKED");
        Answer answer = Platform.answerOf(sent);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        databases.awaitRestAndBalance();
        assertThat(databases.orderStatus(orderId)).isEqualTo("REJECTED");
        assertThat(databases.stock(first)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.stock(second)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
    }

    @Test
    void aTryThatWaitsTooLongForItsRowIsGivenUpAndRolledBack() {
        String sku = platform.goods(10);
        String buyer = platform.buyer(100_00);
        DatabaseFaults.Lock account = platform.faults().holdAccount(buyer);
        CompletableFuture<Answer> sent = platform.sendOrder(buyer, new Line(sku, 1, 10_00));
        account.awaitWaiting("payment-svc");

        Answer answer = Platform.answerOf(sent);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("service-unavailable");
        account.release();
        databases.awaitRestAndBalance();
        assertThat(databases.fence("payment_svc", databases.xidOf(answer.orderId())))
                .isEqualTo("SUSPENDED");
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
    }
}

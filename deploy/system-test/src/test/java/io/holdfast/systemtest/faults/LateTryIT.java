package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Books;
import io.holdfast.systemtest.platform.Levers;
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
    private final Books books;

    LateTryIT(Platform platform, Stack stack, Books books) {
        this.platform = platform;
        this.stack = stack;
        this.books = books;
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
        String xid = books.xidOf(answer.orderId());
        await("the rollback is through")
                .until(() -> books.fence("payment_svc", xid).equals("ROLLBACKED"));

        platform.thaw(stack.stock());

        await("the late call has reached the coordinator and was refused")
                .atMost(Duration.ofSeconds(20))
                .until(() -> platform.logOf(stack.stock())
                        .lines()
                        .anyMatch(line -> line.contains("No branch registered") && line.contains(xid)));
        books.awaitRestAndBalance();
        assertThat(books.fence("stock_svc", xid)).as("the branch in stock-svc").isEmpty();
        assertThat(books.stock(sku)).isEqualTo(new Books.Stock(10, 10, 0, 0));
        assertThat(books.account(buyer)).isEqualTo(new Books.Account(100_00, 100_00, 0, 0));
        assertThat(books.orderStatus(answer.orderId())).isEqualTo("REJECTED");
    }

    /** It waits for two rows, one after the other, and for each less long than stock-svc bears: together longer than order-svc does. */
    @Test
    void aTryThatIsStillAtWorkWhenItsCancelComesIsUndone() {
        String first = platform.goods(10);
        String second = platform.goods(10);
        String buyer = platform.buyer(100_00);
        Levers.Lock firstRow = platform.levers().holdStock(first);
        Levers.Lock secondRow = platform.levers().holdStock(second);
        CompletableFuture<Answer> sent =
                platform.sendOrder(buyer, new Line(first, 1, 10_00), new Line(second, 1, 10_00));
        String orderId = books.awaitOrderOf(buyer);
        firstRow.awaitWaiting("stock-svc");
        await("the first row is held for as long as is borne")
                .pollInterval(Levers.POLL)
                .during(Duration.ofSeconds(3))
                .until(() -> firstRow.isWaitedForBy("stock-svc"));
        firstRow.release();
        secondRow.awaitWaiting("stock-svc");

        await("the Cancel stands behind the Try of its own branch")
                .pollInterval(Levers.POLL)
                .atMost(Duration.ofSeconds(4))
                .until(() -> platform.levers().isWaitingForItself("stock-svc"));
        secondRow.release();

        String xid = books.xidOf(orderId);
        books.awaitFence("stock_svc", xid, "ROLLBACKED");
        Answer answer = Platform.answerOf(sent);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        books.awaitRestAndBalance();
        assertThat(books.orderStatus(orderId)).isEqualTo("REJECTED");
        assertThat(books.stock(first)).isEqualTo(new Books.Stock(10, 10, 0, 0));
        assertThat(books.stock(second)).isEqualTo(new Books.Stock(10, 10, 0, 0));
        assertThat(books.account(buyer)).isEqualTo(new Books.Account(100_00, 100_00, 0, 0));
    }

    @Test
    void aTryThatWaitsTooLongForItsRowIsGivenUpAndRolledBack() {
        String sku = platform.goods(10);
        String buyer = platform.buyer(100_00);
        Levers.Lock account = platform.levers().holdAccount(buyer);
        CompletableFuture<Answer> sent = platform.sendOrder(buyer, new Line(sku, 1, 10_00));
        account.awaitWaiting("payment-svc");

        Answer answer = Platform.answerOf(sent);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("service-unavailable");
        account.release();
        books.awaitRestAndBalance();
        assertThat(books.fence("payment_svc", books.xidOf(answer.orderId()))).isEqualTo("SUSPENDED");
        assertThat(books.account(buyer)).isEqualTo(new Books.Account(100_00, 100_00, 0, 0));
    }
}

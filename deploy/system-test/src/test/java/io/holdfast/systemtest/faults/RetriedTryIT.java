package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * A call of a Try that is sent twice: by a proxy, a client library, a nervous network. Each call registers a branch of its own, so the
 * fence cannot know it again; one order could sell two units that way.
 */
@OnThePlatform
@Order(20)
class RetriedTryIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    RetriedTryIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    @Test
    void aTryThatIsSentAgainHoldsNothingMoreAndTheOrderSellsItsUnitsOnce() {
        HeldOrder held = HeldOrder.atOrderPlace(platform);
        long branches = branches(held.xid);

        Answer stockAgain = platform.postText(reservations(), inTransaction(held.xid), reservation(held));
        Answer paymentAgain = platform.postText(payments(), inTransaction(held.xid), payment(held));

        assertThat(stockAgain.status()).as("%s", stockAgain).isEqualTo(200);
        assertThat(paymentAgain.status()).as("%s", paymentAgain).isEqualTo(200);
        assertThat(branches(held.xid)).as("branches of the global transaction").isEqualTo(branches);
        assertThat(databases.stock(held.sku)).isEqualTo(new Databases.Stock(10, 8, 2, 0));
        assertThat(databases.account(held.buyer)).isEqualTo(new Databases.Account(100_00, 80_00, 20_00, 0));

        held.release();
        assertThat(held.answer().orderStatus()).isEqualTo("PAID");
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
    }

    @Test
    void aTryThatIsSentAgainForSomethingElseIsRefused() {
        HeldOrder held = HeldOrder.atOrderPlace(platform);
        long branches = branches(held.xid);
        String more = reservation(held).replace("\"quantity\":2", "\"quantity\":3");
        assertThat(more).contains("\"quantity\":3");

        Answer stockAgain = platform.postText(reservations(), inTransaction(held.xid), more);
        Answer paymentAgain = platform.postText(
                payments(), inTransaction(held.xid), payment(held).replace("2000", "2001"));

        assertThat(stockAgain.status()).as("%s", stockAgain).isEqualTo(409);
        assertThat(stockAgain.code()).isEqualTo("order-busy");
        assertThat(paymentAgain.status()).as("%s", paymentAgain).isEqualTo(409);
        assertThat(paymentAgain.code()).isEqualTo("order-busy");
        assertThat(branches(held.xid)).isEqualTo(branches);

        held.release();
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
    }

    /** The first Try has not ended, so nobody can see its rows: the second gets past the look and registers a branch. */
    @Test
    void aTryThatIsSentAgainWhileTheFirstStillRunsSellsItsUnitsOnce() {
        long confirmsWithoutTry = platform.fenceCount(stack.stock(), "stock.reserve", "confirm-without-try");
        HeldOrder held = HeldOrder.atStockReserve(platform);
        CompletableFuture<Answer> again = CompletableFuture.supplyAsync(
                () -> platform.postText(reservations(), inTransaction(held.xid), reservation(held)));
        await("the second call has its own branch")
                .atMost(Duration.ofSeconds(3))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> stockBranches(held.xid) == 2);

        held.release();
        Answer second = Platform.answerOf(again);
        assertThat(second.status()).as("%s", second).isEqualTo(409);
        assertThat(second.code()).isEqualTo("order-busy");
        assertThat(held.answer().orderStatus()).isEqualTo("PAID");
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
        assertThat(platform.fenceCount(stack.stock(), "stock.reserve", "confirm-without-try"))
                .as("Confirms of the branch whose Try was refused")
                .isEqualTo(confirmsWithoutTry + 1);
    }

    private String reservations() {
        return stack.stock().url() + "/internal/reservations";
    }

    private String payments() {
        return stack.payment().url() + "/internal/payments";
    }

    private static Map<String, String> inTransaction(String xid) {
        return Map.of("TX_XID", xid);
    }

    private static String reservation(HeldOrder held) {
        return Platform.text(Map.of(
                "orders",
                List.of(Map.of(
                        "orderId",
                        held.orderId,
                        "lines",
                        List.of(Map.of("sku", held.sku, "quantity", HeldOrder.QUANTITY))))));
    }

    private static String payment(HeldOrder held) {
        return Platform.text(Map.of(
                "orders",
                List.of(Map.of(
                        "orderId", held.orderId,
                        "buyerId", held.buyer,
                        "amount", Map.of("minor", HeldOrder.TOTAL, "currency", "CNY")))));
    }

    private long branches(String xid) {
        return databases.number("select count(*) from seata.branch_table where xid = ?", xid);
    }

    private long stockBranches(String xid) {
        return databases.number(
                "select count(*) from seata.branch_table where xid = ? and resource_id = 'stock.reserve'", xid);
    }
}

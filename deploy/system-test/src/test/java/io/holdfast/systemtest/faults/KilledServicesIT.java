package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Gateway;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** kill -9 for each service, each at the point where it hurts most. */
@OnThePlatform
@Order(50)
class KilledServicesIT {

    /** Of order.complete, with growing delays: as many as there are in twenty seconds. */
    private static final int ATTEMPTS_WHILE_DEAD = 4;

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    KilledServicesIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    @Test
    void orderSvcKilledBetweenTryAndCommitIsRolledBackByTheCoordinatorsTimeout() {
        HeldOrder held = HeldOrder.atOrderPlace(platform);

        platform.kill(stack.order());
        held.assertFence("payment_svc", "TRIED");
        held.assertFence("stock_svc", "TRIED");
        held.release();
        assertThat(held.sent()).as("the buyer's call").failsWithin(Duration.ofSeconds(5));

        // Ten seconds of the global transaction, which are not waited for, then the coordinator's next round. Nobody
        // else is
        // left to decide.
        assertThat(databases.number("select timeout from seata.global_table where xid = ?", held.xid))
                .isEqualTo(10_000);
        platform.faults().endTimeOf(held.xid);
        await("the coordinator rolls back what nobody ends")
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(30))
                .until(() -> databases.fence("payment_svc", held.xid).equals("ROLLBACKED")
                        && databases.fence("stock_svc", held.xid).equals("ROLLBACKED"));
        assertThat(stack.order().isRunning()).as("order-svc runs").isFalse();
        held.assertNothingHeld();
        assertThat(held.status()).isEqualTo("RECEIVED");

        platform.start(stack.order());
        databases.awaitRestAndBalance();
        held.assertRejectedAndNothingHeld();
    }

    @Test
    void stockSvcKilledDuringConfirmCompletesAfterItsRestart() {
        HeldOrder held = HeldOrder.atStockSell(platform);

        platform.kill(stack.stock());
        held.release();

        Answer answer = held.answer();
        assertThat(answer.status()).as("decided stays decided: %s", answer).isEqualTo(201);
        assertThat(stack.stock().isRunning()).as("stock-svc runs").isFalse();
        held.assertFence("stock_svc", "TRIED");
        assertThat(databases.stock(held.sku)).isEqualTo(new Databases.Stock(10, 8, 2, 0));

        platform.start(stack.stock());
        databases.awaitRestAndBalance();
        held.assertPaidOnce();
    }

    @Test
    void paymentSvcKilledJustBeforeTheCommitIsPaidOnlyOnceItsMoneyIsTaken() {
        // At the same time, so that what follows is waited for once.
        HeldOrder card = HeldOrder.atOrderPlace(platform, Platform.BY_CARD);
        HeldOrder wallet = HeldOrder.atOrderPlace(platform, Platform.BY_WALLET);
        List<HeldOrder> both = List.of(card, wallet);

        platform.kill(stack.payment());
        both.forEach(held -> {
            held.assertFence("payment_svc", "TRIED");
            held.release();
        });

        // The coordinator goes past the dead service, to stock and, again and again, to the orders themselves.
        await("both are sold, and have often been asked to be completed")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    databases.assertNoOrderIsPaidWithoutItsMoney();
                    databases.assertBalancedAtEveryInstant();
                    for (HeldOrder held : both) {
                        held.assertFence("payment_svc", "TRIED");
                        assertThat(held.status()).isIn("RECEIVED", "PLACED", "CONFIRMING");
                    }
                    return both.stream().allMatch(KilledServicesIT.this::isSoldAndOftenAskedFor);
                });
        assertThat(stack.payment().isRunning()).as("payment-svc runs").isFalse();
        for (HeldOrder held : both) {
            Answer answer = held.answer();
            assertThat(answer.status()).as("%s", answer).isEqualTo(201);
            assertThat(answer.orderStatus()).as("what the buyer was told").isEqualTo("CONFIRMING");
            assertThat(held.status()).isEqualTo("CONFIRMING");
        }

        platform.start(stack.payment());
        // Until the last moment: the one that became PAID a little too early would show here.
        await("both are paid, and never without their money")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    databases.assertNoOrderIsPaidWithoutItsMoney();
                    return both.stream().allMatch(held -> held.status().equals("PAID"));
                });
        databases.awaitRestAndBalance();
        wallet.assertPaidOnce();
        card.assertPaidOnceByCard();
        assertThat(new Gateway(platform).effects(card.orderId)).containsExactly("AUTHORIZED", "CAPTURED");
    }

    private boolean isSoldAndOftenAskedFor(HeldOrder held) {
        return databases.fence("stock_svc", held.xid).equals("COMMITTED")
                && databases.number("select max(attempts) from order_svc.tcc_fence_log where xid = ?", held.xid)
                        >= ATTEMPTS_WHILE_DEAD;
    }
}

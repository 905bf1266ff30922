package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * A Try that fails leaves nothing, not even its fence row; its branch is registered all the same, and is cancelled. The Cancel finds
 * nothing to give back and must not give anything back.
 */
@OnThePlatform
@Order(19)
class EmptyRollbackIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    EmptyRollbackIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    /** Both look and see enough for themselves; behind the row's lock there is enough for one. */
    @Test
    void ofTwoOrdersForTheLastPiecesOneIsRefusedInItsTryAndRolledBackEmpty() {
        long before = platform.fenceCount(stack.stock(), "stock.reserve", "empty-rollback");
        String sku = platform.goods(3);
        DatabaseFaults.Lock row = platform.faults().holdStock(sku);
        List<String> buyers = List.of(platform.buyer(100_00), platform.buyer(100_00));
        List<Answer> answers = bothWaitingAt(row, "stock-svc", buyers, sku);

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(201, 409);
        Answer refused = answers.get(0).status() == 409 ? answers.get(0) : answers.get(1);
        assertThat(refused.code()).isEqualTo("out-of-stock");
        String xid = databases.xidOf(refused.orderId());
        databases.awaitRestAndBalance();
        assertThat(databases.fence("payment_svc", xid)).isEqualTo("ROLLBACKED");
        assertThat(databases.fence("stock_svc", xid)).isEqualTo("SUSPENDED");
        assertThat(platform.fenceCount(stack.stock(), "stock.reserve", "empty-rollback"))
                .isEqualTo(before + 1);
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(3, 1, 0, 2));
        assertThat(buyers).extracting(buyer -> databases.account(buyer).spent()).containsExactlyInAnyOrder(20_00L, 0L);
    }

    @Test
    void ofTwoOrdersForTheLastMoneyOneIsRefusedInItsTryAndRolledBackEmpty() {
        long before = platform.fenceCount(stack.payment(), "payment.open", "empty-rollback");
        String sku = platform.goods(10);
        String buyer = platform.buyer(30_00);
        DatabaseFaults.Lock row = platform.faults().holdAccount(buyer);
        List<Answer> answers = bothWaitingAt(row, "payment-svc", List.of(buyer, buyer), sku);

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(201, 402);
        Answer refused = answers.get(0).status() == 402 ? answers.get(0) : answers.get(1);
        assertThat(refused.code()).isEqualTo("insufficient-funds");
        databases.awaitRestAndBalance();
        assertThat(databases.fence("payment_svc", databases.xidOf(refused.orderId())))
                .isEqualTo("SUSPENDED");
        assertThat(platform.fenceCount(stack.payment(), "payment.open", "empty-rollback"))
                .isEqualTo(before + 1);
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(30_00, 10_00, 0, 20_00));
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(10, 8, 0, 2));
    }

    private List<Answer> bothWaitingAt(DatabaseFaults.Lock row, String service, List<String> buyers, String sku) {
        List<CompletableFuture<Answer>> sent = new ArrayList<>();
        for (String buyer : buyers) {
            // One after the other: two that come in the same instant may share a global transaction.
            sent.add(platform.sendOrder(buyer, new Line(sku, 2, 10_00)));
            row.awaitWaiting(service, sent.size());
        }
        row.release();
        return sent.stream().map(Platform::answerOf).toList();
    }
}

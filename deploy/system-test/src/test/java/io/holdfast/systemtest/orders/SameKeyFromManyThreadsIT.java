package io.holdfast.systemtest.orders;

import static io.holdfast.systemtest.platform.Platform.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** An impatient buyer: one request, sent from everywhere at once. */
@OnThePlatform
@Order(11)
class SameKeyFromManyThreadsIT {

    private final Platform platform;
    private final Databases databases;

    SameKeyFromManyThreadsIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
    }

    @Test
    void twentyThreadsWithOneKeyMakeOneOrderAndOneCharge() throws InterruptedException {
        String tea = platform.goods(100);
        String buyer = platform.buyer(1000_00);
        String key = newKey();

        List<Answer> answers = Crowd.of(20).everyone(i -> platform.orderWithKey(key, buyer, new Line(tea, 1, 10_00)));

        assertThat(answers)
                .extracting(Answer::orderId)
                .as("orders that were told")
                .containsOnly(answers.get(0).orderId());
        assertThat(answers)
                .extracting(Answer::status)
                .as("one made it, the others found it")
                .containsOnlyOnce(201);
        assertThat(databases.number("select count(*) from order_svc.orders where buyer_id = ?", buyer))
                .as("orders of the buyer")
                .isOne();
        databases.awaitRestAndBalance();
        assertThat(databases.orderStatus(answers.get(0).orderId())).isEqualTo("PAID");
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(100, 99, 0, 1));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(1000_00, 990_00, 0, 10_00));
        assertThat(databases.number("select count(*) from payment_svc.payment where buyer_id = ?", buyer))
                .as("payments, of whatever status")
                .isOne();
    }

    @Test
    void twentyThreadsWithOneKeyDepositOnce() throws InterruptedException {
        String buyer = platform.buyer(0);
        String key = newKey();

        List<Answer> answers = Crowd.of(20).everyone(i -> platform.deposit(buyer, 5_00, key));

        assertThat(answers).extracting(Answer::status).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(5_00, 5_00, 0, 0));
    }

    @Test
    void twentyThreadsWithOneKeyReceiveOnce() throws InterruptedException {
        String tea = platform.goods(0);
        String key = newKey();

        List<Answer> answers = Crowd.of(20).everyone(i -> platform.receive(tea, 5, key));

        assertThat(answers).extracting(Answer::status).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(5, 5, 0, 0));
    }
}

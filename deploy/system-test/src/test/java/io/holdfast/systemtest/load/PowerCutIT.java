package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The power goes while an order is under way, and comes back. The services come back with the other isolation level that the fence
 * is made for, and the rush is run again: one restart for both.
 */
@OnThePlatform
@Order(90)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PowerCutIT {

    private static final Map<String, String> REPEATABLE_READ =
            Map.of("HOLDFAST_TCC_FENCE_ISOLATION", "REPEATABLE_READ");

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    PowerCutIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    @Test
    @Order(1)
    void afterAPowerCutTheSameOrdersAreThereAndTheOneUnderWayComesToItsEnd() throws InterruptedException {
        String sku = platform.goods(10);
        String buyer = platform.buyer(100_00);
        List<String> known = List.of(
                platform.order(buyer, new Line(sku, 1, 10_00)).orderId(),
                platform.order(buyer, new Line(sku, 2, 10_00)).orderId(),
                platform.order(buyer, new Line(sku, 99, 10)).orderId());
        databases.awaitRestAndBalance();
        Map<String, Object> before = answers(known);
        long orders = databases.number("select count(*) from order_svc.orders");

        String hasty = platform.buyer(100_00);
        DatabaseFaults.Lock row = platform.faults().holdStock(sku);
        platform.sendOrder(hasty, new Line(sku, 1, 10_00));
        String underWay = databases.awaitOrderOf(hasty);
        row.awaitWaiting("stock-svc");
        List<Part> parts = stack.parts();
        Crowd.of(parts.size()).everyone(i -> {
            platform.kill(parts.get(i));
            return i;
        });
        assertThat(parts).noneMatch(Part::isRunning);

        platform.startTogether(List.of(stack.database(), stack.nacos()));
        platform.start(stack.coordinator());
        platform.startTogether(List.of(stack.order(), stack.stock(), stack.payment()), REPEATABLE_READ);

        assertThat(answers(known)).isEqualTo(before);
        databases.awaitRestAndBalance();
        assertThat(databases.number("select count(*) from order_svc.orders")).isEqualTo(orders + 1);
        assertThat(databases.orderStatus(underWay)).isEqualTo("REJECTED");
        assertThat(databases.account(hasty)).isEqualTo(new Databases.Account(100_00, 100_00, 0, 0));
        platform.awaitOrdersArePaid();
    }

    @Test
    @Order(2)
    void exactlyAsManyOrdersArePaidAsThereArePiecesAlsoUnderRepeatableRead() throws InterruptedException {
        new Rush(platform, databases).run("REPEATABLE READ");
    }

    /** By GET, as a buyer would see them. */
    private Map<String, Object> answers(List<String> orderIds) {
        Map<String, Object> answers = new TreeMap<>();
        for (String id : orderIds) {
            Answer answer = platform.getOrder(id);
            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            answers.put(id, answer.body());
        }
        return answers;
    }
}

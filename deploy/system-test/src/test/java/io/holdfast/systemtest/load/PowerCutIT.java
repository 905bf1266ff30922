package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.Part;
import io.holdfast.localplatform.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Books;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.Levers;
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
    private final Books books;

    PowerCutIT(Platform platform, Stack stack, Books books) {
        this.platform = platform;
        this.stack = stack;
        this.books = books;
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
        books.awaitRestAndBalance();
        Map<String, Object> before = answers(known);
        long orders = books.number("select count(*) from order_svc.orders");

        String hasty = platform.buyer(100_00);
        Levers.Lock row = platform.levers().holdStock(sku);
        platform.sendOrder(hasty, new Line(sku, 1, 10_00));
        String underWay = books.awaitOrderOf(hasty);
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
        books.awaitRestAndBalance();
        assertThat(books.number("select count(*) from order_svc.orders")).isEqualTo(orders + 1);
        assertThat(books.orderStatus(underWay)).isEqualTo("REJECTED");
        assertThat(books.account(hasty)).isEqualTo(new Books.Account(100_00, 100_00, 0, 0));
        platform.awaitOrdersArePaid();
    }

    @Test
    @Order(2)
    void exactlyAsManyOrdersArePaidAsThereArePiecesAlsoUnderRepeatableRead() throws InterruptedException {
        new Rush(platform, books).run("REPEATABLE READ");
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

package io.holdfast.systemtest.orders;

import static io.holdfast.systemtest.platform.Platform.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The main job: an order goes through Try and Confirm, or Try and Cancel, in three services, and nothing is lost on the way. */
@OnThePlatform
@Order(10)
class OrdersEndIT {

    private final Platform platform;
    private final Databases databases;

    OrdersEndIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
    }

    @Test
    void anOrderOfSeveralLinesIsPaid() {
        String tea = platform.goods(10);
        String pot = platform.goods(3);
        String cup = platform.goods(40);
        String buyer = platform.buyer(100_00);

        Answer answer = platform.order(buyer, new Line(tea, 2, 19_90), new Line(pot, 1, 30_00), new Line(cup, 6, 2_00));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(answer.orderStatus()).isEqualTo("PAID");
        assertThat(answer.header("Location")).endsWith("/orders/" + answer.orderId());
        assertThat(answer.body().path("total").path("minor").asLong()).isEqualTo(2 * 19_90 + 30_00 + 6 * 2_00);
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(10, 8, 0, 2));
        assertThat(databases.stock(pot)).isEqualTo(new Databases.Stock(3, 2, 0, 1));
        assertThat(databases.stock(cup)).isEqualTo(new Databases.Stock(40, 34, 0, 6));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 18_20, 0, 81_80));
        assertFences(answer.orderId(), "COMMITTED", "COMMITTED", "COMMITTED");
    }

    @Test
    void anOrderThatIsShortOfStockIsRejectedAndTheMoneyIsBack() {
        String tea = platform.goods(10);
        String pot = platform.goods(1);
        String buyer = platform.buyer(500_00);

        Answer answer = platform.order(buyer, new Line(tea, 1, 10_00), new Line(pot, 2, 30_00));

        assertRejected(answer, 409, "out-of-stock");
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.stock(pot)).isEqualTo(new Databases.Stock(1, 1, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(500_00, 500_00, 0, 0));
        // What is plainly short is refused before a branch is registered, so there is nothing to cancel in stock-svc.
        assertFences(answer.orderId(), "ROLLBACKED", "", "");
    }

    @Test
    void anOrderThatIsShortOfMoneyIsRejectedAndStockIsNotEvenAsked() {
        String tea = platform.goods(10);
        String buyer = platform.buyer(19_89);

        Answer answer = platform.order(buyer, new Line(tea, 1, 19_90));

        assertRejected(answer, 402, "insufficient-funds");
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(10, 10, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(19_89, 19_89, 0, 0));
        assertFences(answer.orderId(), "", "", "");
    }

    @Test
    void theLastPieceAndTheLastCentAreSold() {
        String pot = platform.goods(1);
        String buyer = platform.buyer(30_00);

        assertThat(platform.order(buyer, new Line(pot, 1, 30_00)).orderStatus()).isEqualTo("PAID");
        assertRejected(platform.order(buyer, new Line(pot, 1, 30_00)), 402, "insufficient-funds");
        assertRejected(platform.order(platform.buyer(30_00), new Line(pot, 1, 30_00)), 409, "out-of-stock");

        assertThat(databases.stock(pot)).isEqualTo(new Databases.Stock(1, 0, 0, 1));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(30_00, 0, 0, 30_00));
    }

    @Test
    void theSameRequestAgainIsTheSameOrder() {
        String tea = platform.goods(10);
        String buyer = platform.buyer(100_00);
        String key = newKey();

        Answer first = platform.orderWithKey(key, buyer, new Line(tea, 1, 10_00));
        Answer second = platform.orderWithKey(key, buyer, new Line(tea, 1, 10_00));

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.orderId()).isEqualTo(first.orderId());
        assertThat(second.orderStatus()).isEqualTo("PAID");
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(10, 9, 0, 1));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(100_00, 90_00, 0, 10_00));
    }

    @Test
    void aRefusedRequestAgainIsRefusedTheSameWayEvenIfItWouldSucceedNow() {
        String tea = platform.goods(1);
        String buyer = platform.buyer(100_00);
        String key = newKey();
        Answer first = platform.orderWithKey(key, buyer, new Line(tea, 2, 10_00));
        platform.receive(tea, 10, newKey());

        Answer second = platform.orderWithKey(key, buyer, new Line(tea, 2, 10_00));

        assertRejected(first, 409, "out-of-stock");
        assertRejected(second, 409, "out-of-stock");
        assertThat(second.orderId()).isEqualTo(first.orderId());
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(11, 11, 0, 0));
    }

    @Test
    void goodsAndMoneyComeInOncePerKey() {
        String tea = platform.goods(5);
        String buyer = platform.buyer(7_00);
        String key = newKey();

        assertThat(platform.receive(tea, 3, key).status()).isEqualTo(201);
        assertThat(platform.receive(tea, 3, key).status()).isEqualTo(200);
        assertThat(platform.deposit(buyer, 2_00, key).status()).isEqualTo(201);
        assertThat(platform.deposit(buyer, 2_00, key).status()).isEqualTo(200);

        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(8, 8, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(9_00, 9_00, 0, 0));
    }

    @Test
    void theServicesTellWhatTheBooksSay() {
        String tea = platform.goods(10);
        String buyer = platform.buyer(100_00);
        Answer placed = platform.order(buyer, new Line(tea, 2, 10_00));
        String id = placed.orderId();

        Answer order = platform.getOrder(id);
        assertThat(order.status()).isEqualTo(200);
        assertThat(order.orderStatus()).isEqualTo("PAID");
        assertThat(order.body().path("xid").asString()).isEqualTo(databases.xidOf(id));
        assertThat(StreamSupport.stream(order.body().path("timeline").spliterator(), false)
                        .filter(entry -> entry.path("phase").asString("").equals("TRY"))
                        .map(entry -> entry.path("action").asString("")))
                .containsExactlyInAnyOrder("payment.open", "stock.reserve", "order.place");

        Answer stock = platform.get(platform.stack().stock().url() + "/stock/" + tea);
        assertThat(List.of("received", "available", "reserved", "sold"))
                .extracting(field -> stock.body().path(field).asLong())
                .containsExactly(10L, 8L, 0L, 2L);

        Answer account = platform.get(platform.stack().payment().url() + "/accounts/" + buyer);
        assertThat(List.of("deposited", "balance", "frozen", "spent"))
                .extracting(field -> account.body().path(field).path("minor").asLong())
                .containsExactly(100_00L, 80_00L, 0L, 20_00L);

        Answer payment = platform.get(platform.stack().payment().url() + "/payments?orderId=" + id);
        assertThat(payment.body().path("status").asString()).isEqualTo("CAPTURED");

        Answer page = platform.get(platform.ordersUrl() + "?buyerId=" + buyer + "&status=PAID&page=0&size=10");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains(id);
    }

    private void assertRejected(Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(databases.orderStatus(answer.orderId())).isEqualTo("REJECTED");
    }

    private void assertFences(String orderId, String payment, String stock, String order) {
        String xid = databases.xidOf(orderId);
        assertThat(List.of("payment_svc", "stock_svc", "order_svc"))
                .extracting(schema -> databases.fence(schema, xid))
                .as("the branches in payment-svc, stock-svc and order-svc")
                .containsExactly(payment, stock, order);
    }
}

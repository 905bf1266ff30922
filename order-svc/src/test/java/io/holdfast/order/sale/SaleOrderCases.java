package io.holdfast.order.sale;

import static io.holdfast.order.sale.SalesHttp.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.sale.SalesHttp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What buyers in a sale see. It is the same whether Redis decides who may order or the database does. */
abstract class SaleOrderCases {

    protected final String key = unique("key");
    protected final String buyer = unique("buyer");
    protected final SalesHttp http;
    protected final StandInDownstreamServices downstream;
    protected final StandInCoordinator coordinator;
    protected final Database database;

    SaleOrderCases(int port, Services services) {
        this.http = new SalesHttp(port, services.tokens());
        this.downstream = services.downstream();
        this.coordinator = services.coordinator();
        this.database = services.database();
    }

    @BeforeEach
    void everythingIsUp() {
        downstream.serveAll();
        coordinator.behave();
    }

    @Test
    void anOrderIsOfWhatTheSaleSellsAtItsPriceAndTheSameKeyGetsTheSameOrder() {
        String sale = http.openSale(10, 3);

        Reply placed = http.order(sale, buyer, key, 2);

        assertThat(placed.status()).as("%s", placed).isEqualTo(201);
        assertThat(placed.text("status")).isEqualTo("PAID");
        assertThat(placed.text("saleId")).isEqualTo(sale);
        assertThat(placed.text("buyerId")).isEqualTo(buyer);
        assertThat(placed.body().at("/total/minor").asLong()).isEqualTo(1_000);
        String sku = http.show(sale).text("sku");
        assertThat(placed.body().at("/items/0/sku").asString()).isEqualTo(sku);
        assertThat(downstream.callsTo(StandInDownstreamServices.RESERVE))
                .singleElement()
                .satisfies(call -> assertThat(
                                call.body().at("/orders/0/lines/0/sku").asString())
                        .isEqualTo(sku + "@" + sale));
        Reply again = http.order(sale, buyer, key, 2);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(placed.body());
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("422 idempotency-key-reused");
        assertThat(http.mine(sale, buyer).body().findValuesAsString("orderId")).containsExactly(placed.text("orderId"));
        assertThat(http.mine(sale, "somebody-else").body()).isEmpty();
    }

    @Test
    void aBuyerMayHaveAsManyAsTheLimitOverAllOrders() {
        String sale = http.openSale(10, 3);

        assertThat(http.order(sale, buyer, key + "a", 2).status()).isEqualTo(201);
        assertThat(http.order(sale, buyer, key + "b", 2).problem()).isEqualTo("409 already-bought");
        assertThat(http.order(sale, buyer, key + "c", 1).status()).isEqualTo(201);
        assertThat(http.order(sale, buyer, key + "d", 1).problem()).isEqualTo("409 already-bought");
        assertThat(ordersIn(sale)).isEqualTo(2);
        assertThat(http.order(sale, unique("other"), key, 1).status()).isEqualTo(201);
    }

    @Test
    void oneBuyerFromAHundredConnectionsGetsOnePiece() throws Exception {
        String sale = http.openSale(1_000, 1);

        List<Reply> replies = atOnce(100, i -> () -> http.order(sale, buyer, key + i, 1));

        assertThat(replies.stream().filter(reply -> reply.status() == 201)).hasSize(1);
        assertThat(replies.stream().filter(reply -> reply.status() != 201).map(Reply::problem))
                // Of so many at once some are too many, whatever they want.
                .containsAnyOf("409 already-bought")
                .allMatch(problem -> problem.equals("409 already-bought") || problem.equals("429 too-many-requests"));
        assertThat(ordersIn(sale)).isEqualTo(1);
    }

    @Test
    void oneKeyFromManyConnectionsMakesOneOrder() throws Exception {
        String sale = http.openSale(1_000, 5);

        List<Reply> replies = atOnce(
                20,
                i -> () -> await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(20))
                        .atMost(Duration.ofSeconds(20))
                        .until(
                                () -> http.order(sale, buyer, key, 1),
                                reply -> reply.status() != 409 && reply.status() != 429));

        assertThat(replies).extracting(Reply::status).containsOnly(200, 201);
        assertThat(replies)
                .extracting(reply -> reply.text("orderId"))
                .containsOnly(replies.get(0).text("orderId"));
        assertThat(ordersIn(sale)).isEqualTo(1);
    }

    @Test
    void anOrderThatIsRefusedLeavesItsPiecesToOthersAndToItsBuyer() {
        String sale = http.openSale(1, 1);
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        Reply poor = http.order(sale, buyer, key + "a", 1);
        assertThat(poor.problem()).isEqualTo("402 insufficient-funds");
        assertThat(http.order(sale, buyer, key + "a", 1).problem()).isEqualTo("402 insufficient-funds");
        await().until(() -> http.show(sale).number("left") == 1);

        downstream.serveAll();

        assertThat(http.order(sale, buyer, key + "b", 1).status()).isEqualTo(201);
    }

    @Test
    void anOrderThatWasRefusedGetsTheSameAnswerWhateverHasBecomeOfItsSale() {
        String sale = http.openSale(3, 2);
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        Reply refused = http.order(sale, buyer, key, 2);
        assertThat(refused.problem()).isEqualTo("402 insufficient-funds");
        downstream.serveAll();

        assertAnswered(refused, sale);
        // The buyer has as many as one may have, and there are too few left.
        assertThat(http.order(sale, buyer, key + "-other", 2).status()).isEqualTo(201);
        assertThat(http.order(sale, buyer, key + "-more", 1).problem()).isEqualTo("409 already-bought");
        assertAnswered(refused, sale);
        http.order(sale, unique("other"), key, 1);
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> Answer.refusal(409, "out-of-stock", ",\"sku\":\"x\",\"available\":0", call.orderIds()));
        assertThat(http.order(sale, unique("late"), key, 1).problem()).isEqualTo("409 sold-out");
        assertAnswered(refused, sale);
        http.operate(sale, "pause");
        assertThat(http.order(sale, unique("late"), key, 1).problem()).isEqualTo("409 sale-paused");
        assertAnswered(refused, sale);
        http.operate(sale, "open");
        assertAnswered(refused, sale);
        http.operate(sale, "close");
        assertThat(http.order(sale, unique("late"), key, 1).problem()).isEqualTo("403 sale-closed");
        assertAnswered(refused, sale);
    }

    /** By the same request; another one with its key is told that it is another one. */
    protected void assertAnswered(Reply first, String sale) {
        Reply again = http.order(sale, buyer, key, 2);
        assertThat(again.problem()).isEqualTo(first.problem());
        assertThat(again.text("orderId")).isEqualTo(first.text("orderId"));
        assertThat(again.text("detail")).isEqualTo(first.text("detail"));
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("422 idempotency-key-reused");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"quantity\":0,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":-1,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":4,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":2147483648,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":4294967297,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":9223372036854775807,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":-9223372036854775808,\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"payment\":{\"method\":\"WALLET\"}} | quantity",
                "{\"quantity\":1} | payment",
                "{\"quantity\":1,\"payment\":{\"method\":\"SHELLS\"}} | payment.method",
                "{\"quantity\":1,\"payment\":{\"method\":\"CARD\"}} | payment.token"
            })
    void anOrderThatMakesNoSenseIsRefusedAndHoldsNothing(String body, String field) {
        String sale = http.openSale(10, 3);

        Reply refused = http.order(sale, buyer, key, body);

        assertThat(refused.problem()).as("%s", refused).isEqualTo("400 invalid-order");
        assertThat(refused.body().at("/errors/0/field").asString()).isEqualTo(field);
        assertThat(ordersIn(sale)).isZero();
        assertThat(http.order(sale, buyer, key, 3).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "1",
                "",
                "{\"quantity\":1e400}",
                "{\"quantity\":99999999999999999999}",
                "{\"quantity\":1.5}"
            })
    void whatIsNoOrderAtAllIsAMistakeInTheRequest(String body) {
        String sale = http.openSale(10, 3);

        assertThat(http.order(sale, buyer, key, body).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void whoseNameNoPathCanHaveIsNoBuyer(String name) {
        String sale = http.openSale(10, 3);

        assertThat(http.order(sale, name, key, 1).problem()).isEqualTo("403 forbidden");
        assertThat(ordersIn(sale)).isZero();
    }

    @Test
    void whatCostsMoreThanAnyOrderMayIsAMistakeInTheRequest() {
        Instant now = Instant.now();
        String sale = http.make(unique("sale"), """
                        {"sku":"%s","quota":10,"unitPrice":{"minor":100000000000,"currency":"CNY"},"opensAt":"%s",
                         "closesAt":"%s","perBuyerLimit":2}""".formatted(unique("sku"), now.minusSeconds(1), now.plusSeconds(600)))
                .text("saleId");

        assertThat(http.order(sale, buyer, key, 2).problem()).isEqualTo("400 invalid-order");
        assertThat(http.order(sale, buyer, key, 1).status()).isEqualTo(201);
    }

    @Test
    void theGoodsOfASaleCannotBeNamedFromOutside() {
        String sale = http.openSale(10, 3);
        String sku = http.show(sale).text("sku");

        Reply refused = http.make(
                key,
                SalesHttp.terms(
                        sku + "@" + sale, 1, 1, Instant.now(), Instant.now().plusSeconds(60)));

        assertThat(refused.problem()).isEqualTo("400 invalid-sale");
    }

    @Test
    void nothingIsHeldWhenOrdersCannotBePlaced() {
        String sale = http.openSale(1, 1);
        coordinator.goAway();
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("503 service-unavailable");
        assertThat(ordersIn(sale)).isZero();

        coordinator.behave();

        assertThat(http.order(sale, unique("other"), key, 1).status()).isEqualTo(201);
    }

    protected int ordersIn(String sale) {
        return database.jdbc().queryForObject("select count(*) from orders where sale_id = ?", Integer.class, sale);
    }

    protected static List<Reply> atOnce(int threads, IntFunction<Callable<Reply>> calls) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<Reply> call = calls.apply(i);
                replies.add(pool.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            List<Reply> all = new ArrayList<>();
            for (Future<Reply> reply : replies) {
                all.add(reply.get(60, TimeUnit.SECONDS));
            }
            return all;
        } finally {
            pool.shutdownNow();
        }
    }

    /** What a test of the whole service is made of. */
    record Services(
            TestTokens tokens,
            StandInDownstreamServices downstream,
            StandInCoordinator coordinator,
            Database database) {}
}

package io.holdfast.systemtest.sales;

import static io.holdfast.systemtest.sales.FlashSale.PRICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A flash sale over all services, and every part killed in the middle of one. The databases are asked, not the service. */
@OnThePlatform
@Order(48)
class SaleIT {

    private static final int QUOTA = 20;

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    SaleIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
    }

    @Test
    void asManyArePaidAsAreSetApartAndWhatIsLeftComesBack() throws InterruptedException {
        String sku = platform.goods(50);
        FlashSale sale = FlashSale.open(platform, sku, QUOTA, 1);
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(30, 30, 0, 0));
        List<String> buyers = buyers(3 * QUOTA);

        List<Answer> answers = Crowd.of(buyers.size()).everyone(i -> settled(sale, buyers.get(i)));

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 201, 409);
        assertThat(answers.stream().filter(answer -> answer.status() == 409))
                .extracting(Answer::code)
                .containsOnly("sold-out");
        assertSold(sale, QUOTA);
        sale.awaitFigure("left", 0);
        sale.awaitFigure("sold", QUOTA);
        assertThat(platform.get(stack.stock().url() + "/stock/" + sku)
                        .body()
                        .path("sold")
                        .asLong())
                .isEqualTo(QUOTA);

        // One is cancelled: its piece is sold again, in the sale.
        String cancelled = answers.stream()
                .filter(answer -> answer.status() < 300)
                .findFirst()
                .orElseThrow()
                .orderId();
        assertThat(platform.call("POST", platform.ordersUrl() + "/" + cancelled + "/cancellation", Map.of(), "{}")
                        .status())
                .isIn(200, 202);
        String late = platform.buyer(PRICE);
        await("what came back is sold")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> sale.order(late).status() == 201);
        assertSold(sale, QUOTA);
    }

    @Test
    void whatASaleHasNotSoldIsNormalStockAgainOnceItIsClosed() {
        String sku = platform.goods(50);
        FlashSale sale = FlashSale.open(platform, sku, QUOTA, 1);
        buyers(3).forEach(buyer -> assertThat(sale.order(buyer).status()).isEqualTo(201));

        assertThat(sale.close().body().path("state").asString()).isEqualTo("CLOSED");

        await("the quota is back")
                .atMost(Duration.ofSeconds(20))
                .until(() -> databases.stock(sku).equals(new Databases.Stock(47, 47, 0, 0)));
        assertThat(databases.stock(sale.goods())).isEqualTo(new Databases.Stock(3, 0, 0, 3));
        Answer refused = sale.order(platform.buyer(PRICE));
        assertThat(refused.status() + refused.code()).isEqualTo("403sale-closed");
        assertThat(platform.order(platform.buyer(100), new Platform.Line(sku, 1, 1))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aQuotaAboveTheStockSetsNothingApart() {
        String sku = platform.goods(5);

        Answer refused = FlashSale.make(platform, sku, 6, 1);

        assertThat(refused.status() + refused.code()).isEqualTo("409quota-exceeds-stock");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(5, 5, 0, 0));
    }

    @Test
    void whoHasNoAccountOrTooLittleMoneyIsLeftOutOfTheBatchAndTheOthersBuy() throws InterruptedException {
        FlashSale sale = FlashSale.open(platform, platform.goods(QUOTA), QUOTA, 1);
        List<String> buyers = Stream.concat(
                        buyers(QUOTA).stream(),
                        IntStream.range(0, 10)
                                .mapToObj(i -> i % 2 == 0 ? platform.buyer(0) : platform.buyer(PRICE - 1)))
                .toList();

        List<Answer> answers = Crowd.of(buyers.size()).everyone(i -> {
            Answer answer = settled(sale, buyers.get(i));
            if (i < QUOTA && answer.status() == 409) {
                // Those who cannot pay had the last pieces for a moment.
                return await("the buyer gets a piece")
                        .pollInterval(Duration.ofMillis(200))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> settled(sale, buyers.get(i)), now -> now.status() < 300);
            }
            return answer;
        });

        assertThat(answers.subList(0, QUOTA)).extracting(Answer::status).isSubsetOf(200, 201);
        assertThat(answers.subList(QUOTA, answers.size()))
                .allMatch(answer -> answer.status() == 402 || answer.code().equals("sold-out"));
        assertSold(sale, QUOTA);
    }

    @Test
    void redisWipedInTheMiddleIsBuiltAnewFromTheOrders() throws InterruptedException {
        FlashSale sale = FlashSale.open(platform, platform.goods(QUOTA), QUOTA, 1);
        Buyers crowd = Buyers.come(sale, buyers(2 * QUOTA));
        crowd.awaitServed(3);

        assertThat(sale.redis("FLUSHALL")).isEqualTo("+OK");

        crowd.awaitAll();
        sellTheRest(sale);
        await("the counters are built anew").atMost(Duration.ofSeconds(30)).until(sale::slots, slots -> slots == QUOTA);
        assertThat(sale.order(platform.buyer(PRICE)).code()).isEqualTo("sold-out");
    }

    @ParameterizedTest
    @CsvSource({"3, UNDERSELL", "-1, OVERSELL"})
    void aCounterThatIsOffIsMendedAndTheReconcilerTellsOfIt(int off, String kind) {
        FlashSale sale = FlashSale.open(platform, platform.goods(QUOTA), QUOTA, 1);
        String buyer = platform.buyer(PRICE);
        assertThat(settled(sale, buyer).status()).isEqualTo(201);
        assertThat(sale.redis("HINCRBY " + sale.counters() + " taken " + off)).isEqualTo(":" + (1 + off));

        await("the reconciler tells of it").atMost(Duration.ofSeconds(60)).until(() -> {
            reconcile();
            return findings()
                    .anyMatch(finding -> finding.path("subject").asString("").startsWith(sale.id)
                            && finding.path("detail").asString("").startsWith(kind + " by " + Math.abs(off)));
        });
        assertThat(sale.redis("HINCRBY " + sale.counters() + " taken 0")).isEqualTo(":1");
        sellTheRest(sale);
    }

    @Test
    void aRedisThatHangsHoldsNobodyUp() throws InterruptedException {
        // Others, whose counters nobody can compare meanwhile either.
        for (int i = 0; i < 20; i++) {
            FlashSale.open(platform, platform.goods(1), 1, 1);
        }
        FlashSale sale = FlashSale.open(platform, platform.goods(QUOTA), QUOTA, 1);
        long unanswered = unansweredByRedis();
        platform.freeze(stack.redis());

        Buyers crowd = Buyers.come(sale, buyers(2 * QUOTA));
        crowd.awaitAll();
        assertThat(unansweredByRedis())
                .as("buyers for whom the database had to decide")
                .isGreaterThan(unanswered);
        sellTheRest(sale);
        platform.thaw(stack.redis());

        await("the counters follow").atMost(Duration.ofSeconds(60)).until(sale::slots, slots -> slots == QUOTA);
        assertThat(sale.order(platform.buyer(PRICE)).code()).isEqualTo("sold-out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "order-svc", "stock-svc", "payment-svc", "coordinator", "nacos", "mariadb"})
    void aPartThatIsKilledInTheMiddleOfASaleCostsNoPieceAndSellsNoneTwice(String name) throws InterruptedException {
        Part part = stack.parts().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        FlashSale sale = FlashSale.open(platform, platform.goods(QUOTA), QUOTA, 1);
        Buyers crowd = Buyers.come(sale, buyers(2 * QUOTA));
        crowd.awaitServed(2);

        platform.kill(part);
        platform.start(part);

        crowd.awaitAll();
        sellTheRest(sale);
        await("as many slots are taken as there are pieces")
                .atMost(Duration.ofSeconds(60))
                .until(sale::slots, slots -> slots == QUOTA);
    }

    /** On a busy machine somebody is told to ask again, and does. */
    private static Answer settled(FlashSale sale, String buyer) {
        AtomicReference<String> key = new AtomicReference<>(Platform.newKey());
        return await("the order is answered")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(90))
                .until(
                        () -> {
                            Answer answer = sale.order(buyer, key.get());
                            if (answer.code().equals("service-unavailable")) {
                                key.set(Platform.newKey());
                            }
                            return answer;
                        },
                        answer -> answer.status() != 503
                                && answer.status() != 429
                                && !answer.code().equals("order-in-progress"));
    }

    /** Whoever was told to come again has gone; what is left is for others, and is exactly what is left. */
    private void sellTheRest(FlashSale sale) {
        databases.awaitRestAndBalance();
        await("the last piece is sold")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .until(() -> {
                    if (paid(sale) < QUOTA) {
                        sale.order(platform.buyer(PRICE));
                    }
                    return paid(sale) == QUOTA;
                });
        assertSold(sale, QUOTA);
    }

    private void assertSold(FlashSale sale, int pieces) {
        databases.awaitRestAndBalance();
        assertThat(paid(sale)).as("orders PAID").isEqualTo(pieces);
        assertThat(databases.stock(sale.goods())).isEqualTo(new Databases.Stock(QUOTA, QUOTA - pieces, 0, pieces));
        assertThat(databases.number(
                        "select coalesce(max(n), 0) from (select count(*) as n from order_svc.orders where sale_id = ?"
                                + " and status = 'PAID' group by buyer_id) t",
                        sale.id))
                .as("most pieces of one buyer")
                .isLessThanOrEqualTo(1);
    }

    private void reconcile() {
        Answer answer = platform.call(
                "POST",
                reconciliation() + "/run",
                Map.of("X-Reason", "a test"),
                Platform.text(Map.of("reason", "a test wants to know")));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private Stream<JsonNode> findings() {
        return platform.get(reconciliation() + "?limit=1000")
                .body()
                .path("findings")
                .valueStream();
    }

    private String reconciliation() {
        return stack.order().managementUrl() + "/actuator/reconciliation";
    }

    /** Since order-svc was started. */
    private long unansweredByRedis() {
        return platform.get(stack.order().managementUrl() + "/actuator/prometheus")
                .text()
                .lines()
                .filter(line ->
                        line.startsWith("holdfast_order_admission_total{") && line.contains("verdict=\"unavailable\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private long paid(FlashSale sale) {
        return databases.number("select count(*) from order_svc.orders where sale_id = ? and status = 'PAID'", sale.id);
    }

    private List<String> buyers(int many) {
        return IntStream.range(0, many).mapToObj(i -> platform.buyer(PRICE)).toList();
    }
}

package io.holdfast.order.sale;

import static io.holdfast.order.sale.SalesHttp.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.RealRedis;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import io.holdfast.order.sale.SalesHttp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Redis decides who may order, is lost, lies and comes back. */
@OnRealDatabase
@DirtiesContext
class SaleOrdersByRedisTest extends SaleOrderCases {

    /** So many that one statement for each would show among those of the jobs. */
    private static final int REFUSED = 400;

    /** A quota of eight parts. */
    private static final int LARGE = 64_000;

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final RealRedis REDIS = RealRedis.start();

    SaleOrdersByRedisTest(
            @LocalServerPort int port,
            @Autowired TestTokens tokens,
            @Autowired StandInDownstreamServices downstream,
            @Autowired StandInCoordinator coordinator,
            @Autowired Database database) {
        super(port, new Services(tokens, downstream, coordinator, database));
    }

    @DynamicPropertySource
    static void redis(DynamicPropertyRegistry properties) {
        for (String setting : REDIS.environment()) {
            String[] parts = setting.split("=", 2);
            properties.add(parts[0], () -> parts[1]);
        }
        // On a busy machine a Redis that is there must not be taken for one that is away.
        properties.add("spring.data.redis.timeout", () -> "10s");
        properties.add("spring.data.redis.connect-timeout", () -> "10s");
        properties.add("holdfast.order.admission.repair-interval", () -> "500ms");
        properties.add("holdfast.order.admission.forgotten-after", () -> "5s");
    }

    /** What nobody looks at any more need not be compared over and over. */
    @AfterEach
    void closeTheSales() {
        database.jdbc().update("update sale set stage = 'CLOSED' where stage in ('READY', 'PAUSED')");
    }

    @AfterAll
    static void stopRedis() {
        REDIS.close();
    }

    @Test
    void asManyArePaidAsThereAreAndTheOthersCostNoStatement() throws Exception {
        String sale = readySale(20, 1);

        List<Reply> replies = atOnce(100, i -> () -> http.order(sale, buyer + "." + i, key, 1));

        assertThat(replies.stream().filter(reply -> reply.status() == 201)).hasSize(20);
        assertThat(replies.stream().filter(reply -> reply.status() != 201).map(Reply::problem))
                .containsOnly("409 sold-out");
        assertThat(ordersIn(sale)).isEqualTo(20);
        int winner = IntStream.range(0, 100)
                .filter(i -> replies.get(i).status() == 201)
                .findFirst()
                .orElseThrow();
        long statements = statementsBesidesJobs(() -> {
            for (int i = 0; i < REFUSED; i++) {
                assertThat(http.order(sale, buyer + ".late." + i, key, 1).problem())
                        .isEqualTo("409 sold-out");
            }
            for (int i = 0; i < 50; i++) {
                assertThat(http.order(sale, buyer + "." + winner, key + i, 1).problem())
                        .isEqualTo("409 already-bought");
            }
        });
        assertThat(statements).isLessThan(REFUSED / 2);
        // Whoever has something gets the answer to the same order, though the sale is sold out.
        assertThat(http.order(sale, buyer + "." + winner, key, 1).status()).isEqualTo(200);
        // The figures may be a quarter of a second old.
        await().until(() -> http.show(sale).number("left") == 0);
        await().until(() -> http.show(sale).number("sold") == 20);
    }

    @Test
    void whoComesTooEarlyOrTooLateCostsNoStatement() {
        String sale = readySale(5, 1);
        http.operate(sale, "close");
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("403 sale-closed");
        await("Redis knows").until(() -> "CLOSED".equals(counter(sale, "state")));

        long statements = statementsBesidesJobs(() -> {
            for (int i = 0; i < REFUSED; i++) {
                assertThat(http.order(sale, buyer + i, key, 1).problem()).isEqualTo("403 sale-closed");
            }
        });
        assertThat(statements).isLessThan(REFUSED / 2);
    }

    @Test
    void aSlotWhoseOrderIsRefusedComesBackAtOnce() {
        String sale = readySale(1, 1);
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("402 insufficient-funds");

        assertThat(counter(sale, "taken")).isEqualTo("0");
        downstream.serveAll();
        assertThat(http.order(sale, unique("other"), key, 1).status()).isEqualTo(201);
        assertThat(counter(sale, "taken")).isEqualTo("1");
    }

    @Test
    void theKeyOfARefusedOrderIsKnownAfterAllIsBuiltAnewAndCostsNobodyElseAStatement() {
        String sale = readySale(2, 2);
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        Reply refused = http.order(sale, buyer, key, 2);
        assertThat(refused.problem()).isEqualTo("402 insufficient-funds");
        downstream.serveAll();

        REDIS.wipe();
        http.order(sale, buyer + ".first", key, 1);
        await("built anew").atMost(PATIENCE).until(() -> "SELLING".equals(counter(sale, "state")));
        await().atMost(PATIENCE).until(() -> "1".equals(counter(sale, "taken")));
        assertThat(http.order(sale, buyer + ".second", key, 1).status()).isEqualTo(201);

        await("the key is known")
                .atMost(PATIENCE)
                .until(() -> REDIS.template().opsForSet().isMember(name(sale) + ":known:0", buyer + " " + key));
        await().atMost(PATIENCE).until(() -> "2".equals(counter(sale, "taken")));
        assertThat(http.order(sale, buyer + ".late", key, 1).problem()).isEqualTo("409 sold-out");
        assertAnswered(refused, sale);
        assertThat(mendsOf(sale)).isEmpty();
        assertAllEnd(sale);
    }

    @Test
    void whatTheCountersDoNotKnowIsAddedOnceTheyAnswerAndBeforeTheyClose() {
        String sale = readySale(10, 1);
        String over = readySale(10, 1);
        assertThat(http.order(sale, buyer, key, 1).status()).isEqualTo(201);
        assertThat(http.order(over, buyer, key + "-over", 1).status()).isEqualTo(201);
        // As if Redis had been away while they were placed, long ago; one sale is over before anybody has looked.
        for (String each : List.of(sale, over)) {
            database.jdbc().update("update sale set uncounted_at = now(3) - interval 1 hour where sale_id = ?", each);
        }
        REDIS.template().opsForHash().delete(name(over) + ":slots:0", buyer + " " + key + "-over");
        http.operate(over, "close");

        await().atMost(PATIENCE).until(() -> "CLOSED".equals(counter(over, "state")));
        assertThat(REDIS.template().opsForHash().hasKey(name(over) + ":slots:0", buyer + " " + key + "-over"))
                .isTrue();
        await().atMost(PATIENCE)
                .until(() -> database.jdbc()
                                .queryForObject(
                                        "select count(*) from sale where uncounted_at is not null and sale_id in (?, ?)",
                                        Integer.class,
                                        sale,
                                        over)
                        == 0);
        assertThat(http.order(over, buyer, key + "-over", 1).status()).isEqualTo(200);
        assertAllEnd(sale);
        assertAllEnd(over);
    }

    /** Nobody of us may live at the moment when the sale closes. */
    private static void assertAllEnd(String sale) {
        Set<String> keys = REDIS.template().keys(name(sale).replace("{", "\\{").replace("}", "\\}") + "*");
        assertThat(keys).isNotEmpty().allSatisfy(key -> assertThat(
                        REDIS.template().getExpire(key))
                .as(key)
                .isBetween(1L, Duration.ofHours(2).toSeconds()));
    }

    @Test
    void wipedInTheMiddleOfASaleItIsBuiltAnewAndNothingIsSoldTwice() {
        String sale = readySale(3, 1);
        assertThat(http.order(sale, buyer + ".a", key, 1).status()).isEqualTo(201);

        REDIS.wipe();

        // The first who comes is served by the database.
        assertThat(http.order(sale, buyer + ".b", key, 1).status()).isEqualTo(201);
        await("built anew").atMost(PATIENCE).until(() -> "2".equals(counter(sale, "taken")));
        await().until(() -> "SELLING".equals(counter(sale, "state")));
        assertThat(http.order(sale, buyer + ".a", key + 2, 1).problem()).isEqualTo("409 already-bought");
        assertThat(http.order(sale, buyer + ".c", key, 1).status()).isEqualTo(201);
        assertThat(http.order(sale, buyer + ".d", key, 1).problem()).isEqualTo("409 sold-out");
        assertThat(ordersIn(sale)).isEqualTo(3);
    }

    @Test
    void withRedisAwayTheDatabaseDecidesAndTheCountersFollowWhenItIsBack() throws Exception {
        String sale = readySale(30, 1);
        assertThat(http.order(sale, buyer + ".0", key, 1).status()).isEqualTo(201);

        REDIS.stop();
        try {
            assertThat(http.order(sale, buyer + ".0", key + 1, 1).problem()).isEqualTo("409 already-bought");
            List<Reply> replies = atOnce(20, i -> () -> http.order(sale, buyer + "." + (i + 1), key, 1));
            assertThat(replies).extracting(Reply::status).containsOnly(201);
        } finally {
            REDIS.startAgain();
        }

        await("built anew")
                .atMost(PATIENCE)
                .until(() -> "SELLING".equals(counter(sale, "state")) && "21".equals(counter(sale, "taken")));
        assertThat(http.order(sale, buyer + ".1", key + 1, 1).problem()).isEqualTo("409 already-bought");
        assertThat(http.order(sale, buyer + ".21", key, 1).status()).isEqualTo(201);
        await().until(() -> "22".equals(counter(sale, "taken")));
    }

    @Test
    void aSaleOfWhichRedisHasForgottenAPartIsBuiltAnew() {
        String sale = readySale(3, 1);
        assertThat(http.order(sale, buyer + ".a", key, 1).status()).isEqualTo(201);

        // As after a wipe, when somebody writes who has not noticed.
        REDIS.wipe();
        REDIS.template().opsForHash().put(name(sale), "state", "SELLING");

        assertThat(http.order(sale, buyer + ".b", key, 1).status()).isEqualTo(201);
        await("built anew").atMost(PATIENCE).until(() -> "2".equals(counter(sale, "taken")));
        assertThat(http.order(sale, buyer + ".a", key + 2, 1).problem()).isEqualTo("409 already-bought");
    }

    @Test
    void aCounterThatIsTooLowIsMendedAndTold() {
        String sale = readySale(5, 1);
        http.order(sale, buyer, key, 1);
        http.order(sale, buyer + ".2", key, 1);

        REDIS.template().opsForHash().put(name(sale), "taken", "0");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("OVERSELL 2"));
        assertThat(counter(sale, "taken")).isEqualTo("2");
    }

    @Test
    void aCounterThatIsTooHighIsMendedAndTold() {
        String sale = readySale(2, 1);
        http.order(sale, buyer, key, 1);

        REDIS.template().opsForHash().put(name(sale), "taken", "2");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("UNDERSELL 1"));
        assertThat(http.order(sale, buyer + ".2", key, 1).status()).isEqualTo(201);
    }

    @Test
    void theCountOfOneBuyerIsMendedAndTold() {
        String sale = readySale(2, 1);
        http.order(sale, buyer, key, 1);

        REDIS.template().opsForHash().put(name(sale) + ":buyers:0", buyer, "0");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("BUYERS 1"));
        assertThat(http.order(sale, buyer, key + 2, 1).problem()).isEqualTo("409 already-bought");
    }

    @Test
    void anOrderWhoseSlotIsLostGetsItAgain() {
        String sale = readySale(2, 1);
        http.order(sale, buyer, key, 1);

        REDIS.template().opsForHash().delete(name(sale) + ":slots:0", buyer + " " + key);
        REDIS.template().opsForHash().delete(name(sale) + ":buyers:0", buyer);
        REDIS.template().opsForHash().put(name(sale), "taken", "0");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("OVERSELL 1"));
        assertThat(counter(sale, "taken")).isEqualTo("1");
        assertThat(http.order(sale, buyer, key + 2, 1).problem()).isEqualTo("409 already-bought");
    }

    @Test
    void aSlotThatNoOrderCameOfIsFreeAgainAfterAWhile() {
        String sale = readySale(1, 1);
        long now = System.currentTimeMillis();
        // As somebody leaves it who is killed right after the admission.
        REDIS.template().opsForHash().put(name(sale) + ":slots:0", buyer + " lost", "1:" + now + ":elsewhere#1");
        REDIS.template().opsForHash().put(name(sale) + ":buyers:0", buyer, "1");
        REDIS.template().opsForHash().put(name(sale), "taken", "1");
        assertThat(http.order(sale, buyer + ".2", key, 1).problem()).isEqualTo("409 sold-out");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("UNDERSELL 1"));

        await().atMost(PATIENCE)
                .until(() -> http.order(sale, buyer + ".2", key, 1).status() == 201);
    }

    @Test
    void whatAnOrderHeldThatEndedElsewhereIsSoldAgain() {
        String sale = readySale(1, 1);
        Reply first = http.order(sale, buyer, key, 1);
        // By somebody who does not think of its slot, say another instance that looks for abandoned orders.
        database.jdbc()
                .update(
                        "update orders set status = 'REJECTED', reason_code = 'abandoned', reason_detail = 'By the test.'"
                                + " where order_id = ?",
                        first.text("orderId"));

        await().atMost(PATIENCE).until(() -> "0".equals(counter(sale, "taken")));

        await().atMost(PATIENCE)
                .until(() -> http.order(sale, buyer + ".2", key, 1).status() == 201);
    }

    @Test
    void theBuyersOfALargeSaleAreDealtOutToPartsAndEachPartIsMended() {
        String sale = readySale(LARGE, 1);
        List<String> buyers =
                IntStream.range(0, 20).mapToObj(i -> buyer + "." + i).toList();
        for (String each : buyers) {
            assertThat(http.order(sale, each, key, 1).status()).isEqualTo(201);
        }
        assertThat(buyers.stream().map(each -> partOf(each).number()).distinct())
                .hasSizeGreaterThan(3);
        assertThat(buyers).allMatch(each -> slot(sale, each) != null);
        assertThat(http.order(sale, buyers.get(0), key + 2, 1).problem()).isEqualTo("409 already-bought");
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        for (int i = 0; i < 10; i++) {
            assertThat(http.order(sale, buyer + ".poor." + i, key, 1).status()).isEqualTo(402);
        }
        downstream.serveAll();
        assertThat(takenOfParts(sale)).isEqualTo(20);
        // The database deals them out in the same way.
        for (String each : buyers) {
            assertThat(database.jdbc()
                            .queryForObject(
                                    "select sale_part from orders where sale_id = ? and buyer_id = ?",
                                    Integer.class,
                                    sale,
                                    each))
                    .isBetween(partOf(each).first(), partOf(each).last());
        }

        // Each look sets this right, so several were made, and found nothing to mend.
        for (int looks = 0; looks < 5; looks++) {
            REDIS.template().opsForHash().put(name(sale), "state", "PAUSED");
            await().atMost(PATIENCE).until(() -> "SELLING".equals(counter(sale, "state")));
        }
        assertThat(mendsOf(sale)).isEmpty();

        String lost = buyers.get(7);
        int part = partOf(lost).number();
        REDIS.template().opsForHash().delete(name(sale) + ":slots:" + part, lost + " " + key);
        REDIS.template().opsForHash().delete(name(sale) + ":buyers:" + part, lost);
        REDIS.template().opsForHash().put(name(sale), "taken", "25");
        String stranger = IntStream.range(0, 1_000)
                .mapToObj(i -> buyer + ".stranger." + i)
                .filter(each -> partOf(each).number() != part)
                .findFirst()
                .orElseThrow();
        REDIS.template()
                .opsForHash()
                .put(name(sale) + ":slots:" + partOf(stranger).number(), stranger + " lost", "2:1:elsewhere#1");

        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("OVERSELL 1"));
        await().atMost(PATIENCE).until(() -> mendsOf(sale).contains("UNDERSELL 2"));
        await().atMost(PATIENCE).until(() -> "20".equals(counter(sale, "taken")));
        assertThat(slot(sale, lost)).isNotNull();
        assertThat(takenOfParts(sale)).isEqualTo(20);

        List<String> mends = mendsOf(sale);
        REDIS.wipe();

        await("built anew")
                .atMost(PATIENCE)
                .until(() -> "SELLING".equals(counter(sale, "state")) && "20".equals(counter(sale, "taken")));
        assertThat(buyers).allMatch(each -> slot(sale, each) != null);
        assertThat(mendsOf(sale))
                .as("built as a whole, not mended order by order")
                .isEqualTo(mends);
    }

    private static SalePart partOf(String buyer) {
        Instant opens = Instant.parse("2026-11-27T12:00:00Z");
        return SalePart.of(
                new SaleTerms(new Sku("any"), LARGE, new Money(1, "EUR"), 1, opens, opens.plusSeconds(1)), buyer);
    }

    private Object slot(String sale, String buyer) {
        return REDIS.template()
                .opsForHash()
                .get(name(sale) + ":slots:" + partOf(buyer).number(), buyer + " " + key);
    }

    private static long takenOfParts(String sale) {
        return REDIS.template().opsForHash().entries(name(sale)).entrySet().stream()
                .filter(entry -> entry.getKey().toString().startsWith("taken:"))
                .mapToLong(entry -> Long.parseLong(entry.getValue().toString()))
                .sum();
    }

    private String readySale(int quota, int limit) {
        String sale = http.openSale(quota, limit);
        await("the counters are there").atMost(PATIENCE).until(() -> "SELLING".equals(counter(sale, "state")));
        return sale;
    }

    private static String name(String sale) {
        return "holdfast:sale:{" + sale + "}";
    }

    private static Object counter(String sale, String name) {
        return REDIS.template().opsForHash().get(name(sale), name);
    }

    private List<String> mendsOf(String sale) {
        return new ArrayList<>(database.jdbc()
                .queryForList(
                        "select concat(kind, ' ', pieces) from sale_mend where sale_id = ? order by mend_id",
                        String.class,
                        sale));
    }

    /** What the database was sent meanwhile, without what jobs send it in as much time. */
    private long statementsBesidesJobs(Runnable calls) {
        long start = System.nanoTime();
        long before = statements();
        calls.run();
        long during = statements() - before;
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long idle = statements();
        await().pollDelay(took).atMost(took.plus(PATIENCE)).until(() -> true);
        return during - (statements() - idle);
    }

    /** That the database has been sent by anybody. */
    private long statements() {
        return database.jdbc()
                .queryForObject(
                        "select variable_value from information_schema.global_status where variable_name = 'QUESTIONS'",
                        Long.class);
    }
}

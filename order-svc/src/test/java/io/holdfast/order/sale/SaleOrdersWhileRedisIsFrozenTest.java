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
import io.holdfast.order.sale.SalesHttp.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Redis answers nobody for a while, and is back with what it knew before: not with what happened meanwhile. */
@OnRealDatabase
@DirtiesContext
class SaleOrdersWhileRedisIsFrozenTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final RealRedis REDIS = RealRedis.start();

    private final SalesHttp http;
    private final StandInDownstreamServices downstream;
    private final StandInCoordinator coordinator;
    private final Database database;
    private final String buyer = unique("buyer");
    private final String key = unique("key");

    SaleOrdersWhileRedisIsFrozenTest(
            @LocalServerPort int port,
            @Autowired TestTokens tokens,
            @Autowired StandInDownstreamServices downstream,
            @Autowired StandInCoordinator coordinator,
            @Autowired Database database) {
        this.http = new SalesHttp(port, tokens);
        this.downstream = downstream;
        this.coordinator = coordinator;
        this.database = database;
    }

    @DynamicPropertySource
    static void redis(DynamicPropertyRegistry properties) {
        for (String setting : REDIS.environment()) {
            String[] parts = setting.split("=", 2);
            properties.add(parts[0], () -> parts[1]);
        }
        // Nobody compares the counters with the orders while a test looks.
        properties.add("holdfast.order.admission.repair-interval", () -> "60s");
    }

    @BeforeEach
    void everythingIsUp() {
        downstream.serveAll();
        coordinator.behave();
    }

    @AfterEach
    void thaw() {
        REDIS.thaw();
    }

    @AfterAll
    static void stopRedis() {
        REDIS.close();
    }

    @Test
    void whoHasOrderedWithoutItGetsTheOrderWhateverItSaysAfterwards() {
        String sale = readySale(30);
        REDIS.freeze();
        Reply placed = http.order(sale, buyer, key, 1);
        assertThat(placed.status()).as("%s", placed).isEqualTo(201);
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        Reply refused = http.order(sale, buyer + ".poor", key, 1);
        assertThat(refused.problem()).isEqualTo("402 insufficient-funds");
        downstream.serveAll();
        REDIS.thaw();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> "SELLING".equals(counter(sale, "state")));
        await("it is asked again").atMost(PATIENCE).until(() -> {
            String next = unique(buyer + ".next");
            return http.order(sale, next, key, 1).status() == 201 && isKnown(sale, next);
        });
        // What was sent to it while it was frozen may have been carried out since then: as if nothing had been.
        for (String each : List.of(buyer, buyer + ".poor")) {
            REDIS.template().opsForHash().delete(name(sale) + ":slots:0", each + " " + key);
            REDIS.template().opsForHash().delete(name(sale) + ":buyers:0", each);
            REDIS.template().opsForSet().remove(name(sale) + ":known:0", each + " " + key);
        }

        REDIS.template().opsForHash().put(name(sale), "taken", "30");
        awaitRefusal(sale, "409 sold-out");
        assertAnswered(sale, placed, refused);
        REDIS.template().opsForHash().put(name(sale), "state", "PAUSED");
        awaitRefusal(sale, "409 sale-paused");
        assertAnswered(sale, placed, refused);

        http.operate(sale, "close");

        assertThat(http.order(sale, buyer + ".late", key, 1).problem()).isEqualTo("403 sale-closed");
        assertAnswered(sale, placed, refused);
        await().atMost(PATIENCE).until(() -> "CLOSED".equals(counter(sale, "state")));
        assertThat(isKnown(sale, buyer)).isTrue();
        assertThat(isKnown(sale, buyer + ".poor")).isTrue();
        assertAnswered(sale, placed, refused);
        assertThat(database.jdbc()
                        .queryForObject(
                                "select count(*) from orders where sale_id = ? and buyer_id = ?",
                                Integer.class,
                                sale,
                                buyer))
                .isEqualTo(1);
    }

    @Test
    void whatAnotherInstancePlacedWithoutItIsFoundHereAMomentLater() {
        String sale = readySale(5);
        Reply placed = http.order(sale, buyer, key, 1);
        assertThat(placed.status()).isEqualTo(201);
        // As it would be had another instance placed it while Redis did not answer that one.
        REDIS.template().opsForHash().delete(name(sale) + ":slots:0", buyer + " " + key);
        REDIS.template().opsForHash().delete(name(sale) + ":buyers:0", buyer);
        REDIS.template().opsForHash().put(name(sale), "taken", "5");
        assertThat(http.order(sale, buyer, key, 1).problem()).isEqualTo("409 sold-out");

        database.jdbc().update("update sale set uncounted_at = now(3) where sale_id = ?", sale);

        await().atMost(PATIENCE).until(() -> http.order(sale, buyer, key, 1).status() == 200);
        assertThat(http.order(sale, unique("late"), key, 1).problem()).isEqualTo("409 sold-out");
    }

    /** Each time somebody else, and not from memory. */
    private void awaitRefusal(String sale, String problem) {
        await().atMost(PATIENCE)
                .until(() -> http.order(sale, unique("late"), key, 1).problem().equals(problem));
    }

    private void assertAnswered(String sale, Reply placed, Reply refused) {
        Reply again = http.order(sale, buyer, key, 1);
        assertThat(again.status()).as("%s", again).isEqualTo(200);
        assertThat(again.body()).isEqualTo(placed.body());
        Reply refusedAgain = http.order(sale, buyer + ".poor", key, 1);
        assertThat(refusedAgain.problem()).isEqualTo(refused.problem());
        assertThat(refusedAgain.text("orderId")).isEqualTo(refused.text("orderId"));
    }

    private String readySale(int quota) {
        String sale = http.openSale(quota, 1);
        await("the counters are there").atMost(PATIENCE).until(() -> "SELLING".equals(counter(sale, "state")));
        return sale;
    }

    private static boolean isKnown(String sale, String buyer) {
        return Stream.concat(
                        REDIS.template().opsForHash().keys(name(sale) + ":slots:0").stream(),
                        REDIS.template().opsForSet().members(name(sale) + ":known:0").stream())
                .anyMatch(field -> field.toString().startsWith(buyer + " "));
    }

    private static String name(String sale) {
        return "holdfast:sale:{" + sale + "}";
    }

    private static Object counter(String sale, String name) {
        return REDIS.template().opsForHash().get(name(sale), name);
    }
}

package io.holdfast.order.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.order.RealRedis;
import io.holdfast.order.book.SaleBook.OrderKey;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.core.RedisCallback;

/** With a real Redis, and without the service around it. */
class AdmissionTest {

    private static final RealRedis REDIS = RealRedis.start();
    private static final Duration MEMORY = Duration.ofMillis(500);
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final Sale SALE = new Sale(
            new SaleId("01890a5d-ac96-774b-bcce-b302099a8057"),
            new SaleTerms(new Sku("sku-1"), 2, new Money(1_000, "EUR"), 2, NOW.minusSeconds(1), NOW.plusSeconds(3600)),
            SaleStage.READY,
            null,
            NOW);
    private static final Instance HERE = new Instance("here_8081", "1");

    private final SaleCounters counters = new SaleCounters(REDIS.template());
    private long ticks;
    private final Admission admission = new Admission(
            counters,
            CircuitBreaker.ofDefaults("redis"),
            new SoldOutFlags(MEMORY, () -> ticks),
            sale -> {},
            1_000,
            HERE,
            Clock.fixed(NOW, ZoneOffset.UTC),
            new SimpleMeterRegistry());

    @BeforeEach
    void aSaleOfTwoPieces() {
        REDIS.wipe();
        counters.begin(SALE, NOW.toEpochMilli());
        counters.open(SALE.id(), "SELLING");
    }

    @AfterAll
    static void stopRedis() {
        REDIS.close();
    }

    @Test
    void aCrowdThatComesTooLateCostsOneQuestionAMoment() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(Verdict.SOLD_OUT);

        long before = scriptsRun();
        for (int moment = 1; moment <= 3; moment++) {
            pass(MEMORY);
            assertThat(IntStream.range(0, 100).mapToObj(i -> admit("late-" + i)))
                    .containsOnly(Verdict.SOLD_OUT);
        }
        assertThat(scriptsRun() - before).isEqualTo(3);
    }

    @Test
    void piecesThatComeBackThroughAnotherInstanceAreOfferedToAllOnceOneHasAsked() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(Verdict.SOLD_OUT);
        counters.giveBack(SALE, order("alice"));
        counters.giveBack(SALE, order("bob"));
        assertThat(admit("late-1")).isEqualTo(Verdict.SOLD_OUT);

        pass(MEMORY);

        assertThat(List.of(admit("late-2"), admit("late-3"), admit("late-4")))
                .containsExactly(Verdict.ADMITTED, Verdict.ADMITTED, Verdict.SOLD_OUT);
    }

    @Test
    void whoWantsMoreThanIsLeftDoesNotHideWhatIsLeft() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(Verdict.SOLD_OUT);
        counters.giveBack(SALE, order("alice"));
        pass(MEMORY);

        assertThat(admission.admit(SALE, order("greedy"), 2)).isEqualTo(Verdict.SOLD_OUT);
        assertThat(admit("modest")).isEqualTo(Verdict.ADMITTED);
    }

    private void sellBoth() {
        assertThat(List.of(admit("alice"), admit("bob"))).containsOnly(Verdict.ADMITTED);
    }

    private Verdict admit(String buyer) {
        return admission.admit(SALE, order(buyer), 1);
    }

    private static OrderKey order(String buyer) {
        return new OrderKey(buyer, "key");
    }

    private void pass(Duration time) {
        ticks += time.toNanos();
    }

    private static long scriptsRun() {
        Properties stats = REDIS.template().execute((RedisCallback<Properties>)
                connection -> connection.serverCommands().info("commandstats"));
        return List.of("cmdstat_eval", "cmdstat_evalsha").stream()
                .map(name -> stats.getProperty(name, "calls=0,"))
                .mapToLong(calls -> Long.parseLong(calls.replaceAll("calls=(\\d+),.*", "$1")))
                .sum();
    }
}

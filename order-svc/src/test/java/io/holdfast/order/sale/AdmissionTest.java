package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.order.RealRedis;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import io.holdfast.order.sale.SaleRepository.Held;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.core.RedisCallback;

/** With a real Redis, and without the service around it. */
class AdmissionTest {

    private static final RealRedis REDIS = RealRedis.start();
    private static final Duration TIME_TO_LIVE = Duration.ofMillis(500);
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Sale SALE = new Sale(
            new SaleId("01890a5d-ac96-774b-bcce-b302099a8057"),
            new SaleTerms(new Sku("sku-1"), 2, new Money(1_000, "EUR"), 2, NOW.minusSeconds(1), NOW.plusSeconds(3600)),
            SaleStage.READY,
            null,
            NOW);
    private static final InstanceId HERE = new InstanceId("here_8081", "1");

    private final SaleCounters counters = new SaleCounters(REDIS.template());
    private long ticks;
    private final SoldOutFlags flags = new SoldOutFlags(TIME_TO_LIVE, 10_000, () -> ticks);
    private final Admission admission = new Admission(
            counters,
            CircuitBreaker.ofDefaults("redis"),
            flags,
            sale -> {},
            1_000,
            HERE,
            Clock.fixed(NOW, ZoneOffset.UTC),
            new SimpleMeterRegistry());

    @BeforeEach
    void aSaleOfTwoPieces() {
        REDIS.wipe();
        counters.begin(SALE, NOW.toEpochMilli());
        counters.open(SALE, "SELLING");
    }

    @AfterAll
    static void stopRedis() {
        REDIS.close();
    }

    @Test
    void aCrowdThatComesTooLateCostsOneQuestionAMoment() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(AdmissionDecision.SOLD_OUT);

        long before = scriptsRun();
        for (int moment = 1; moment <= 3; moment++) {
            pass(TIME_TO_LIVE);
            assertThat(IntStream.range(0, 100).mapToObj(i -> admit("late-" + i)))
                    .containsOnly(AdmissionDecision.SOLD_OUT);
        }
        assertThat(scriptsRun() - before).isEqualTo(3);
    }

    @Test
    void piecesThatComeBackThroughAnotherInstanceAreOfferedToAllOnceOneHasAsked() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(AdmissionDecision.SOLD_OUT);
        counters.giveBack(SALE, order("alice"));
        counters.giveBack(SALE, order("bob"));
        assertThat(admit("late-1")).isEqualTo(AdmissionDecision.SOLD_OUT);

        pass(TIME_TO_LIVE);

        assertThat(List.of(admit("late-2"), admit("late-3"), admit("late-4")))
                .containsExactly(AdmissionDecision.ADMITTED, AdmissionDecision.ADMITTED, AdmissionDecision.SOLD_OUT);
    }

    @Test
    void whoWantsMoreThanIsLeftDoesNotHideWhatIsLeft() {
        sellBoth();
        assertThat(admit("late-0")).isEqualTo(AdmissionDecision.SOLD_OUT);
        counters.giveBack(SALE, order("alice"));
        pass(TIME_TO_LIVE);

        assertThat(admission.admit(SALE, order("greedy"), 2)).isEqualTo(AdmissionDecision.SOLD_OUT);
        assertThat(admit("modest")).isEqualTo(AdmissionDecision.ADMITTED);
    }

    /** No other way in: whoever makes a key has to be among these. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "admit",
                "add",
                "add a refused one",
                "give back",
                "give back what is not there",
                "remember",
                "recount",
                "mend"
            })
    void everyKeyEndsByItselfWhateverIsWrittenFirst(String write) {
        Held held = new Held(order("alice"), 1);
        SalePart part = SalePart.of(SALE.terms(), "alice");
        REDIS.wipe();
        switch (write) {
            case "admit" -> {
                counters.begin(SALE, NOW.toEpochMilli());
                assertAllEnd(1);
                counters.open(SALE, "SELLING");
                admit("alice");
            }
            case "add" -> counters.add(SALE, held);
            case "add a refused one" -> counters.add(SALE, new Held(order("alice"), 0));
            case "give back", "give back what is not there" -> {
                if (write.equals("give back")) {
                    counters.add(SALE, held);
                    // As if the other keys had ended a moment ago.
                    REDIS.template().delete(name());
                    REDIS.template().delete(name() + ":buyers:0");
                }
                counters.giveBack(SALE, order("alice"));
            }
            case "remember" -> counters.giveBackAndRemember(SALE, order("alice"));
            case "recount" -> {
                counters.add(SALE, held);
                REDIS.template().delete(name());
                REDIS.template().delete(name() + ":buyers:0");
                counters.recount(SALE, part);
            }
            default -> {
                counters.open(SALE, "PAUSED");
                assertAllEnd(1);
                counters.add(SALE, part, List.of(held));
                counters.giveBackAndRemember(SALE, part, counters.slotsOf(SALE.id(), part));
            }
        }
        assertAllEnd(Map.of(
                        "add a refused one",
                        2,
                        "give back",
                        1,
                        "give back what is not there",
                        0,
                        "remember",
                        2,
                        "mend",
                        2)
                .getOrDefault(write, 3));
    }

    @Test
    void theKeysOfASaleThatIsClosedEarlyEndSooner() {
        sellBoth();

        counters.close(SALE);

        assertThat(keys()).hasSize(3).allSatisfy(key -> assertThat(
                        REDIS.template().getExpire(key))
                .isBetween(1L, SaleCounters.AFTER_THE_END.toSeconds()));
    }

    @Test
    void aSaleThatIsOverLeavesNoNamesInMemory() {
        sellBoth();
        admit("late");
        assertThat(flags.size()).isEqualTo(3);
        SaleCounterRepair repair = new SaleCounterRepair(
                counters, null, flags, Duration.ofSeconds(30), HERE, Clock.systemUTC(), new SimpleMeterRegistry());
        // Redis has nothing to compare with orders, which there are none of here.
        REDIS.wipe();

        repair.follow(new Sale(SALE.id(), SALE.terms(), SaleStage.CLOSED, null, NOW));

        assertThat(flags.size()).isZero();
    }

    private static void assertAllEnd(int keys) {
        long longest = Duration.between(Instant.now(), SALE.terms().closesAt())
                .plus(SaleCounters.AFTER_THE_END)
                .toSeconds();
        assertThat(keys())
                .hasSize(keys)
                .allSatisfy(key -> assertThat(REDIS.template().getExpire(key)).isBetween(longest - 60, longest + 1));
    }

    private static Set<String> keys() {
        return REDIS.template().keys("*");
    }

    private static String name() {
        return "holdfast:sale:{" + SALE.id() + "}";
    }

    @Test
    void theKeyOfAnOrderThatHoldsNothingStaysKnownAndItsPiecesAreFree() {
        sellBoth();
        assertThat(admission.remember(SALE, order("alice"))).isTrue();

        assertThat(admit("alice")).isEqualTo(AdmissionDecision.REPEATED);
        assertThat(admit("carol")).isEqualTo(AdmissionDecision.ADMITTED);
        assertThat(admit("late")).isEqualTo(AdmissionDecision.SOLD_OUT);
        // Also past the flag, and by another key there is nothing left for her.
        assertThat(admit("alice")).isEqualTo(AdmissionDecision.REPEATED);
        assertThat(admission.admit(SALE, new OrderKey("alice", "another"), 1)).isEqualTo(AdmissionDecision.SOLD_OUT);
        SalePart part = SalePart.of(SALE.terms(), "alice");
        assertThat(counters.recount(SALE, part)).isEqualTo(new SaleCounters.Recount(2, 2, 0));
        assertThat(counters.buyersOf(SALE, 10).orElseThrow()).contains("alice", "bob", "carol");
        counters.open(SALE, "PAUSED");
        assertThat(admit("alice")).isEqualTo(AdmissionDecision.REPEATED);
        assertThat(admission.lookUp(SALE, order("alice"))).isEqualTo(AdmissionDecision.REPEATED);
    }

    private void sellBoth() {
        assertThat(List.of(admit("alice"), admit("bob"))).containsOnly(AdmissionDecision.ADMITTED);
    }

    private AdmissionDecision admit(String buyer) {
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

package io.holdfast.gateway.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BehaviourTest {

    private static final int CALLS = 10_000;

    private final Behaviour behaviour = new Behaviour(new SplittableRandom(42));

    @Test
    void withoutRulesNothingIsMet() {
        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).isEmpty();
        assertThat(behaviour.inForce()).isEmpty();
    }

    @Test
    void aRuleWithTimesMeetsThatManyOfTheNextCallsThatItCovers() {
        Rule rule = times(Target.CAPTURE, 2);
        behaviour.replaceBy(List.of(rule));

        assertThat(behaviour.ruleFor(call(Target.AUTHORIZE))).isEmpty();
        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).contains(rule);
        assertThat(behaviour.ruleFor(call(Target.QUERY))).isEmpty();
        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).contains(rule);
        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).isEmpty();
        assertThat(behaviour.inForce()).containsExactly(new Behaviour.InForce(rule, 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 10000, 10000", "0.25, 2300, 2700"})
    void aRuleWithARateMeetsThatShareOfTheCalls(double rate, int atLeast, int atMost) {
        behaviour.replaceBy(List.of(rate(Target.ANY, rate)));

        assertThat(met(CALLS)).filteredOn(Optional::isPresent).hasSizeBetween(atLeast, atMost);
    }

    @Test
    void theSameSeedMeetsTheSameCalls() {
        Behaviour same = new Behaviour(new SplittableRandom(42));
        behaviour.replaceBy(List.of(rate(Target.ANY, 0.5)));
        same.replaceBy(List.of(rate(Target.ANY, 0.5)));

        assertThat(met(200))
                .isEqualTo(IntStream.range(0, 200)
                        .mapToObj(i -> same.ruleFor(call(Target.CAPTURE)))
                        .toList())
                .contains(Optional.empty());
    }

    @Test
    void ofSeveralRulesTheFirstThatMeetsACallIsApplied() {
        Rule never = rate(Target.ANY, 0);
        Rule once = times(Target.CAPTURE, 1);
        Rule always = rate(Target.ANY, 1);
        behaviour.replaceBy(List.of(never, once, always));

        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).contains(once);
        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).contains(always);
        assertThat(behaviour.inForce()).extracting(Behaviour.InForce::applied).containsExactly(0L, 1L, 1L);
    }

    @Test
    void newRulesReplaceTheOldAndCountFromZero() {
        behaviour.replaceBy(List.of(times(Target.CAPTURE, 1)));
        behaviour.ruleFor(call(Target.CAPTURE));

        behaviour.replaceBy(List.of(times(Target.CAPTURE, 1)));

        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).isPresent();
    }

    @Test
    void aQueryIsNeverDeclinedNotEvenByARuleForAny() {
        behaviour.replaceBy(List.of(new Rule(Target.ANY, Kind.DECLINE, null, null, 1.0, null, null)));

        assertThat(behaviour.ruleFor(call(Target.QUERY))).isEmpty();
        assertThat(behaviour.ruleFor(call(Target.REFUND))).isPresent();
    }

    @Test
    void aRuleForOneChargeMeetsNoCallOfAnotherNorOneThatNamesNone() {
        Rule rule = new Rule(Target.ANY, Kind.UNREACHABLE, null, null, null, 2, "ch_1");
        behaviour.replaceBy(List.of(rule));

        assertThat(behaviour.ruleFor(call(Target.CAPTURE))).isEmpty();
        assertThat(behaviour.ruleFor(call(Target.QUERY))).isEmpty();
        assertThat(behaviour.ruleFor(new Call(Target.CAPTURE, "ch_2"))).isEmpty();
        assertThat(behaviour.ruleFor(new Call(Target.CAPTURE, "ch_1"))).contains(rule);
        assertThat(behaviour.ruleFor(new Call(Target.QUERY, "ch_1"))).contains(rule);
        assertThat(behaviour.inForce()).containsExactly(new Behaviour.InForce(rule, 2));
    }

    @Test
    void callsAtTheSameTimeDoNotSpendARuleTwice() throws Exception {
        int threads = 8;
        behaviour.replaceBy(List.of(times(Target.CAPTURE, 100)));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                counts.add(pool.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return met(1000).stream().filter(Optional::isPresent).count();
                }));
            }
            long met = 0;
            for (Future<Long> count : counts) {
                met += count.get(1, TimeUnit.MINUTES);
            }
            assertThat(met).isEqualTo(100);
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Optional<Rule>> met(int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> behaviour.ruleFor(call(Target.CAPTURE)))
                .toList();
    }

    private static Call call(Target operation) {
        return new Call(operation, null);
    }

    private static Rule times(Target target, int times) {
        return new Rule(target, Kind.UNREACHABLE, null, null, null, times, null);
    }

    private static Rule rate(Target target, double rate) {
        return new Rule(target, Kind.UNREACHABLE, null, null, rate, null, null);
    }
}

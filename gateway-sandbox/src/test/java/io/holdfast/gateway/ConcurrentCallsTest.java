package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.gateway.Caller.Answer;
import io.holdfast.gateway.OnRealDatabase.Database;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

@OnRealDatabase
class ConcurrentCallsTest {

    private static final int THREADS = 16;

    private final Caller caller;
    private final JdbcTemplate jdbc;
    private final String key = Caller.fresh("key");
    private final String reference = Caller.fresh("order");

    ConcurrentCallsTest(@LocalServerPort int port, @Autowired Database database) {
        this.caller = new Caller(port);
        this.jdbc = database.jdbc();
    }

    @AfterEach
    void behaveNormally() throws Exception {
        caller.behaveNormally();
    }

    @Test
    void anAuthorizeThatComesManyTimesAtOnceMakesOneCharge() throws Exception {
        List<Answer> answers = atOnce(i -> () -> caller.authorize(key, reference));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers.stream().map(Answer::body).distinct()).hasSize(1);
        assertThat(answers.stream().filter(answer -> !answer.isReplayed())).hasSize(1);
        assertThat(jdbc.queryForObject("select count(*) from charge where reference = ?", Integer.class, reference))
                .isEqualTo(1);
        assertThat(effects()).containsExactly("AUTHORIZED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"capture", "void"})
    void aStepThatComesManyTimesAtOnceIsTakenOnce(String step) throws Exception {
        String id = caller.authorized(reference, 5);

        List<Answer> answers = atOnce(i -> () -> caller.step(id, step, key));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().map(Answer::body).distinct()).hasSize(1);
        assertThat(answers.stream().filter(answer -> !answer.isReplayed())).hasSize(1);
        assertThat(effects()).hasSize(2);
    }

    @Test
    void ofManyCapturesWithKeysOfTheirOwnOneTakesEffect() throws Exception {
        String id = caller.authorized(reference, 5);

        List<Answer> answers = atOnce(i -> () -> caller.step(id, "capture", key + "-" + i));

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 409)).hasSize(THREADS - 1);
        assertThat(effects()).containsOnlyOnce("CAPTURED");
    }

    @Test
    void ofACaptureAndAVoidOneWins() throws Exception {
        String id = caller.authorized(reference, 5);

        List<Answer> answers = atOnce(i -> () -> caller.step(id, i % 2 == 0 ? "capture" : "void", key + "-" + i));

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(effects().stream().filter(effect -> effect.equals("CAPTURED") || effect.equals("VOIDED")))
                .hasSize(1);
    }

    @Test
    void aKeyThatComesAtOnceForDifferentChargesServesOne() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            ids.add(caller.authorized(reference, 5));
        }

        List<Answer> answers = atOnce(i -> () -> caller.step(ids.get(i), "capture", key));

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 422)).hasSize(THREADS - 1);
        assertThat(effects()).containsOnlyOnce("CAPTURED");
    }

    /** Callers that ask again with the same key until they know, against a gateway that does all it can to confuse them. */
    @Test
    void inAStormOfMisbehaviourEveryRequestTakesEffectOnceAndTheSumsAgree() throws Exception {
        caller.behave(
                "{\"operation\":\"ANY\",\"kind\":\"FAIL_BEFORE\",\"status\":503,\"rate\":0.15}",
                "{\"operation\":\"ANY\",\"kind\":\"FAIL_AFTER\",\"status\":502,\"rate\":0.15}",
                "{\"operation\":\"ANY\",\"kind\":\"UNREACHABLE\",\"rate\":0.15}",
                "{\"operation\":\"ANY\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":400,\"rate\":0.15}",
                "{\"operation\":\"ANY\",\"kind\":\"LATE\",\"delayMillis\":50,\"rate\":0.15}",
                "{\"operation\":\"ANY\",\"kind\":\"DECLINE\",\"rate\":0.05}");

        List<long[]> sums = atOnce(thread -> () -> {
            SplittableRandom random = new SplittableRandom(thread);
            long held = 0;
            long taken = 0;
            for (int i = 0; i < 10; i++) {
                long amount = random.nextLong(1, 1000);
                String name = key + "-" + thread + "-" + i;
                Answer made = untilKnown("/charges", name, Caller.order(reference, amount, "tok_ok"));
                if (made.status() == 402) {
                    continue;
                }
                String id = made.is(201).at("$.id");
                held += amount;
                String step = random.nextBoolean() ? "capture" : "void";
                if (untilKnown("/charges/" + id + "/" + step, name + "-" + step, null)
                                .status()
                        == 200) {
                    held -= amount;
                    taken += step.equals("capture") ? amount : 0;
                }
            }
            return new long[] {held, taken};
        });

        assertThat(caller.applied()).as("each rule was applied").allMatch(times -> times > 0);
        caller.behaveNormally();
        long held = sums.stream().mapToLong(sum -> sum[0]).sum();
        long taken = sums.stream().mapToLong(sum -> sum[1]).sum();
        Answer totals = caller.get("/ledger/totals?reference=" + reference).is(200);
        assertThat(totals.<Number>at("$.totals[0].held.minor").longValue()).isEqualTo(held);
        assertThat(totals.<Number>at("$.totals[0].taken.minor").longValue()).isEqualTo(taken);
        assertThat(jdbc.queryForMap("""
                        select sum(if(status = 'AUTHORIZED', amount, 0)) as held, sum(if(status = 'CAPTURED', amount, 0)) as taken
                        from charge where reference = ?""", reference))
                .isEqualTo(Map.of("held", BigDecimal.valueOf(held), "taken", BigDecimal.valueOf(taken)));
        assertThat(jdbc.queryForObject("select count(*) from charge where reference = ?", Integer.class, reference))
                .isEqualTo(THREADS * 10);
    }

    private Answer untilKnown(String path, String idempotencyKey, String body) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                Optional<Answer> answer = caller.call("POST", path, idempotencyKey, body, Duration.ofSeconds(30));
                if (answer.isPresent() && answer.get().status() < 500) {
                    return answer.get();
                }
            } catch (SocketTimeoutException unknown) {
                // Asked again.
            }
        }
        throw new AssertionError(path + " was not answered a hundred times");
    }

    private List<String> effects() {
        return jdbc.queryForList(
                "select effect from ledger_entry where reference = ? order by entry_no", String.class, reference);
    }

    private static <T> List<T> atOnce(IntFunction<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<T>> pending = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<T> call = calls.apply(i);
                pending.add(threads.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return call.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : pending) {
                results.add(result.get(2, TimeUnit.MINUTES));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}

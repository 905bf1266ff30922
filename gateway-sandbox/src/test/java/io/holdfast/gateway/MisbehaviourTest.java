package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.Caller.Answer;
import io.holdfast.gateway.OnRealDatabase.Database;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** Each way to misbehave, at each operation: what the caller sees, what was committed, and what the same key is answered with later. */
@OnRealDatabase
class MisbehaviourTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Caller caller;
    private final JdbcTemplate jdbc;
    private final String key = Caller.fresh("key");
    private final String reference = Caller.fresh("order");

    MisbehaviourTest(@LocalServerPort int port, @Autowired Database database) {
        this.caller = new Caller(port);
        this.jdbc = database.jdbc();
    }

    /** What changes something, with what it takes to be asked of it. */
    private enum Step {
        AUTHORIZE(201, "AUTHORIZED"),
        CAPTURE(200, "CAPTURED"),
        VOID(200, "VOIDED"),
        REFUND(200, "REFUNDED");

        private final int status;
        private final String effect;

        Step(int status, String effect) {
            this.status = status;
            this.effect = effect;
        }

        /** A call of this operation that the gateway would serve. */
        Call prepare(Caller caller, String reference) throws Exception {
            if (this == AUTHORIZE) {
                return new Call("/charges", Caller.order(reference, 1999, "tok_ok"));
            }
            String id = caller.authorized(reference, 1999);
            if (this == REFUND) {
                caller.step(id, "capture", Caller.fresh("key")).is(200);
            }
            return new Call("/charges/" + id + "/" + name().toLowerCase(), null);
        }
    }

    private record Call(String path, String body) {}

    @AfterEach
    void behaveNormally() throws Exception {
        caller.behaveNormally();
    }

    @ParameterizedTest
    @EnumSource
    void aLateAnswerIsTheRightOneAndItsEffectIsThereLongBefore(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"LATE\",\"delayMillis\":60000,\"times\":1}".formatted(step));

        try (var socket = caller.send("POST", call.path(), key, call.body())) {
            await().atMost(PATIENCE).until(() -> caller.held() == 1);
            assertThat(effectsOf(key)).containsExactly(step.effect);
            assertThat(socket.getInputStream().available()).as("bytes answered").isZero();

            caller.behaveNormally();

            Answer late = Caller.receive(socket).orElseThrow().is(step.status);
            assertThat(late.<String>at("$.status")).isEqualTo(step.effect);
            assertThat(late.isReplayed()).isFalse();
            theSameKeyAgainGets(late.body(), step, call);
        }
    }

    @Test
    void aLateAnswerComesAfterItsDelay() throws Exception {
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"LATE\",\"delayMillis\":700,\"times\":1}");
        long from = System.nanoTime();

        caller.authorize(key, reference).is(201);

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
    }

    @ParameterizedTest
    @EnumSource
    void aTimeoutTakesEffectAndNeverAnswers(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":60000,\"times\":1}"
                .formatted(step));

        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> caller.call("POST", call.path(), key, call.body(), Duration.ofMillis(300)));

        await().atMost(PATIENCE).until(() -> effectsOf(key).equals(List.of(step.effect)));
        theSameKeyAgainGets(null, step, call);
    }

    @ParameterizedTest
    @EnumSource
    void aTimeoutEndsWithAClosedConnectionAndNotAByte(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":300,\"times\":1}"
                .formatted(step));
        long from = System.nanoTime();

        Optional<Answer> answer = caller.call("POST", call.path(), key, call.body(), PATIENCE);

        assertThat(answer).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(caller.held()).isZero();
        theSameKeyAgainGets(null, step, call);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureBeforeHasNoEffectAndTheSameKeyMayTryAgain(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"FAIL_BEFORE\",\"status\":503,\"times\":1}".formatted(step));

        caller.post(call.path(), key, call.body()).isProblem(503, "gateway-failure");

        assertThat(effectsOf(key)).isEmpty();
        Answer second = caller.post(call.path(), key, call.body()).is(step.status);
        assertThat(second.isReplayed()).isFalse();
        theSameKeyAgainGets(second.body(), step, call);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureAfterLooksTheSameAndHasItsEffect(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"FAIL_AFTER\",\"status\":500,\"times\":1}".formatted(step));

        Answer failure = caller.post(call.path(), key, call.body()).isProblem(500, "gateway-failure");

        assertThat(failure.headers()).doesNotContainKeys("location", "idempotent-replayed");
        assertThat(effectsOf(key)).containsExactly(step.effect);
        theSameKeyAgainGets(null, step, call);
    }

    @ParameterizedTest
    @EnumSource
    void aDeclineIsDefiniteHasNoEffectAndStaysADecline(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        String before = statusOf(reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"DECLINE\",\"times\":1}".formatted(step));

        Answer declined = caller.post(call.path(), key, call.body()).isProblem(402, "card-declined");

        assertThat(declined.<String>at("$.reference")).isEqualTo(reference);
        assertThat(effectsOf(key)).containsExactly("NONE");
        assertThat(statusOf(reference)).isEqualTo(step == Step.AUTHORIZE ? "DECLINED" : before);
        Answer again = caller.post(call.path(), key, call.body()).isProblem(402, "card-declined");
        assertThat(again.isReplayed()).isTrue();
        assertThat(again.<String>at("$.chargeId")).isEqualTo(declined.at("$.chargeId"));
        // A new attempt is another request.
        caller.post(call.path(), Caller.fresh("key"), call.body()).is(step.status);
    }

    @ParameterizedTest
    @EnumSource
    void anUnreachableGatewayAnswersNothingAndDoesNothing(Step step) throws Exception {
        Call call = step.prepare(caller, reference);
        caller.behave("{\"operation\":\"%s\",\"kind\":\"UNREACHABLE\",\"times\":1}".formatted(step));

        assertThat(caller.call("POST", call.path(), key, call.body(), PATIENCE)).isEmpty();

        assertThat(effectsOf(key)).isEmpty();
        Answer second = caller.post(call.path(), key, call.body()).is(step.status);
        assertThat(second.isReplayed()).isFalse();
        theSameKeyAgainGets(second.body(), step, call);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"operation\":\"ANY\",\"kind\":\"UNREACHABLE\",\"times\":1}",
                "{\"operation\":\"ANY\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":100,\"times\":1}"
            })
    void aConnectionThatWasToBeKeptIsClosedAllTheSame(String rule) throws Exception {
        caller.behave(rule);

        try (Socket socket = caller.send("POST", "/charges", key, Caller.order(reference, 1, "tok_ok"), "keep-alive")) {
            socket.setSoTimeout(4_000);
            assertThat(Caller.receive(socket)).isEmpty();
        }
    }

    @Test
    void queriesAreLateLostFailedAndUnreachableToo() throws Exception {
        String id = caller.authorized(reference, 5);
        for (String path : List.of("/charges/" + id, "/charges?reference=" + reference)) {
            caller.behave(
                    "{\"operation\":\"QUERY\",\"kind\":\"LATE\",\"delayMillis\":300,\"times\":1}",
                    "{\"operation\":\"QUERY\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":300,\"times\":1}",
                    "{\"operation\":\"QUERY\",\"kind\":\"FAIL_BEFORE\",\"status\":502,\"times\":1}",
                    "{\"operation\":\"QUERY\",\"kind\":\"FAIL_AFTER\",\"status\":504,\"times\":1}",
                    "{\"operation\":\"QUERY\",\"kind\":\"UNREACHABLE\",\"times\":1}");

            String late = caller.get(path).is(200).body();
            assertThat(late).contains(id);
            assertThat(caller.call("GET", path, null, null, PATIENCE)).isEmpty();
            caller.get(path).isProblem(502, "gateway-failure");
            caller.get(path).isProblem(504, "gateway-failure");
            assertThat(caller.call("GET", path, null, null, PATIENCE)).isEmpty();
            assertThat(caller.get(path).is(200).body()).isEqualTo(late);
            assertThat(caller.applied()).containsExactly(1, 1, 1, 1, 1);
        }
    }

    @Test
    void aRuleForOneOperationLeavesTheOthersAlone() throws Exception {
        caller.behave("{\"operation\":\"CAPTURE\",\"kind\":\"UNREACHABLE\",\"rate\":1}");

        String id = caller.authorized(reference, 5);
        caller.get("/charges/" + id).is(200);
        assertThat(caller.call("POST", "/charges/" + id + "/capture", key, null, PATIENCE))
                .isEmpty();
        caller.step(id, "void", Caller.fresh("key")).is(200);
        assertThat(caller.applied()).containsExactly(1);
    }

    @Test
    void aRuleForOneChargeLeavesTheOthersAlone() throws Exception {
        String meant = caller.authorized(reference, 5);
        String other = caller.authorized(reference, 6);
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"UNREACHABLE\",\"rate\":1,\"charge\":\"" + meant + "\"}");

        caller.authorized(reference, 7);
        caller.get("/charges?reference=" + reference).is(200);
        caller.get("/charges/" + other).is(200);
        caller.step(other, "capture", Caller.fresh("key")).is(200);
        assertThat(caller.applied()).containsExactly(0);
        assertThat(caller.call("GET", "/charges/" + meant, null, null, PATIENCE))
                .isEmpty();
        assertThat(caller.call("POST", "/charges/" + meant + "/capture", key, null, PATIENCE))
                .isEmpty();
        assertThat(caller.applied()).containsExactly(2);
    }

    @Test
    void whatWasDecidedIsNotDeclinedAfterwards() throws Exception {
        Answer first = caller.authorize(key, reference).is(201);
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"DECLINE\",\"rate\":1}");

        Answer again = caller.authorize(key, reference).is(201);

        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void theLedgerAndTheBehaviourItselfStayReachable() throws Exception {
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"UNREACHABLE\",\"rate\":1.0}");

        caller.get("/ledger").is(200);
        caller.get("/ledger/totals").is(200);
        caller.get("/behaviour").is(200);
        caller.behaveNormally();
        caller.authorize(key, reference).is(201);
    }

    /** @param body that it has to be, or null if the caller has seen none yet */
    private void theSameKeyAgainGets(String body, Step step, Call call) throws Exception {
        Answer again = caller.post(call.path(), key, call.body()).is(step.status);
        assertThat(again.isReplayed()).isTrue();
        assertThat(again.<String>at("$.status")).isEqualTo(step.effect);
        if (body != null) {
            assertThat(again.body()).isEqualTo(body);
        }
        assertThat(effectsOf(key)).containsExactly(step.effect);
        assertThat(caller.applied()).allMatch(times -> times == 1);
        assertThat(statusOf(reference)).isEqualTo(step.effect);
    }

    private List<String> effectsOf(String idempotencyKey) {
        return jdbc.queryForList(
                "select effect from ledger_entry where idempotency_key = ?", String.class, idempotencyKey);
    }

    private String statusOf(String ofReference) {
        return String.join(
                ",", jdbc.queryForList("select status from charge where reference = ?", String.class, ofReference));
    }
}

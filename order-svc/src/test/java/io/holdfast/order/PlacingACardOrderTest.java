package io.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An order that is paid by card: one call more than for a wallet, and a token that nobody keeps. */
@OnRealDatabase
@ExtendWith(OutputCaptureExtension.class)
class PlacingACardOrderTest {

    private static final String TOKEN = "tok_ok-0815-very-secret";
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int number = NUMBERS.incrementAndGet();
    private final String key = "card-" + number;
    private final String order = """
            {"buyerId":"alice","items":[{"sku":"card-sku-%d","quantity":2,"unitPrice":{"minor":1999,"currency":"CNY"}}],
             "payment":{"method":"CARD","token":"%s"}}""".formatted(number, TOKEN);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final TestTokens tokens;

    PlacingACardOrderTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void theCardIsAuthorizedAfterTheTriesOfTheDownstreamServicesAndBeforeTheCommit() {
        downstream.on(StandInDownstreamServices.AUTHORIZE, call -> {
            assertThat(coordinator.outcomeOf(call.xid())).isEqualTo(GlobalTxOutcome.RUNNING);
            return Answer.ok(
                    "{\"orderId\":\"%s\"}".formatted(call.body().get("orderId").asString()));
        });

        HttpResponse<String> reply = post();

        assertThat(reply.statusCode()).isEqualTo(201);
        JsonNode body = JSON.readTree(reply.body());
        assertThat(body.get("status").asString()).isEqualTo("PAID");
        String id = body.get("orderId").asString();
        assertThat(downstream.paths())
                .containsExactly(
                        StandInDownstreamServices.OPEN,
                        StandInDownstreamServices.RESERVE,
                        StandInDownstreamServices.AUTHORIZE,
                        StandInDownstreamServices.OUTCOMES);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN).get(0).body())
                .isEqualTo(JSON.readTree("""
                {"method":"CARD","orders":[{"orderId":"%s","buyerId":"alice","amount":{"minor":3998,"currency":"CNY"}}]}""".formatted(id)));
        assertThat(downstream.callsTo(StandInDownstreamServices.AUTHORIZE))
                .singleElement()
                .satisfies(call -> {
                    assertThat(call.xid()).isEqualTo(coordinator.begun().get(0));
                    assertThat(call.body())
                            .isEqualTo(JSON.readTree("{\"orderId\":\"%s\",\"token\":\"%s\"}".formatted(id, TOKEN)));
                });
    }

    @Test
    void aCardThatIsDeclinedRejectsTheOrderForThatReasonAndTheSameKeyIsToldTheSame() {
        downstream.on(
                StandInDownstreamServices.AUTHORIZE,
                call -> Answer.problem(
                        402, """
                        {"code":"payment-declined","status":402,"declineCode":"card-expired","refusals":[
                         {"orderId":"%s","code":"payment-declined","detail":"The card was declined: card-expired."}]}""".formatted(call.body().get("orderId").asString())));

        HttpResponse<String> first = post();
        HttpResponse<String> again = post();

        assertThat(first.statusCode()).isEqualTo(402);
        JsonNode problem = JSON.readTree(first.body());
        assertThat(problem.get("code").asString()).isEqualTo("payment-declined");
        assertThat(problem.get("detail").asString()).contains("card-expired");
        assertThat(again.statusCode()).isEqualTo(402);
        assertThat(JSON.readTree(again.body()).get("orderId")).isEqualTo(problem.get("orderId"));
        assertThat(coordinator.begun()).hasSize(1).allSatisfy(xid -> assertThat(coordinator.outcomeOf(xid))
                .isNotEqualTo(GlobalTxOutcome.COMMITTED));
        assertThat(downstream.callsTo(StandInDownstreamServices.AUTHORIZE)).hasSize(1);
    }

    @Test
    void aCardOfWhichNobodyKnowsWhetherItIsAuthorizedRollsTheOrderBack() {
        for (Answer answer : new Answer[] {
            Answer.problem(503, "{\"code\":\"payment-unknown\",\"status\":503}"),
            Answer.problem(409, "{\"code\":\"payment-not-open\",\"status\":409}"),
            Answer.ok("{}"),
            Answer.hangUp()
        }) {
            coordinator.behave();
            downstream.on(StandInDownstreamServices.AUTHORIZE, call -> answer);

            HttpResponse<String> reply = post(key + "-" + answer.hashCode());

            assertThat(reply.statusCode()).as("%s", answer).isEqualTo(503);
            assertThat(JSON.readTree(reply.body()).get("code").asString()).isEqualTo("service-unavailable");
            assertThat(coordinator.begun())
                    .allSatisfy(xid -> assertThat(coordinator.outcomeOf(xid)).isNotEqualTo(GlobalTxOutcome.COMMITTED));
        }
    }

    @Test
    void theTokenIsNeitherKeptNorLogged(CapturedOutput output) {
        downstream.on(StandInDownstreamServices.AUTHORIZE, call -> Answer.hangUp());
        post(key + "-unknown");
        downstream.serveAll();
        HttpResponse<String> reply = post();

        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(reply.body()).doesNotContain(TOKEN);
        assertThat(output.getAll()).contains("Order ").doesNotContain(TOKEN);
        assertThat(database.everything()).contains(key).doesNotContain(TOKEN);
    }

    @Test
    void anotherTokenUnderTheSameKeyIsTheSameOrder() {
        HttpResponse<String> first = post();
        HttpResponse<String> again = post(key, order.replace(TOKEN, "tok_ok-another"));

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
    }

    private HttpResponse<String> post() {
        return post(key);
    }

    private HttpResponse<String> post(String idempotencyKey) {
        return post(idempotencyKey, order);
    }

    private HttpResponse<String> post(String idempotencyKey, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url + "/orders"))
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", idempotencyKey)
                            .header("Authorization", tokens.buyer("alice"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

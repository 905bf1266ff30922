package io.holdfast.order.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Buyers get codes; what libraries, databases and downstream services said of a failure is for operators. */
@OnRealDatabase
class BuyerVisibilityTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** As the fence writes it down, of a group in which somebody else's order is. */
    private static final String ERROR =
            "java.sql.SQLTransientConnectionException: payment-svc - Connection is not available, order"
                    + " 01999999-0000-7000-8000-000000000001";

    private final String buyer = "curious-" + NUMBERS.incrementAndGet();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final TestTokens tokens;

    BuyerVisibilityTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void whyAnAttemptFailedIsACodeForItsBuyerAndATextForOperators() {
        String id = place("k").get("orderId").asString();
        downstream.on(StandInDownstreamServices.BRANCHES, call -> Answer.ok("""
                [{"service":"payment-svc","action":"payment.open","branchId":"77","status":"TRIED",
                  "createdAt":"2026-01-01T00:00:00Z","attempts":1,"lastError":"%1$s","decision":"CONFIRM",
                  "scheduledAt":"2026-01-01T00:00:01Z","nextDueAt":"2026-01-01T00:01:00Z","state":"SCHEDULED",
                  "failures":[{"number":1,"operation":"CONFIRM","startedAt":"2026-01-01T00:00:01Z",
                    "endedAt":"2026-01-01T00:00:02Z","error":"%1$s","nextDueAt":"2026-01-01T00:01:00Z",
                    "instance":"payment-svc-1"}]}]""".formatted(ERROR)));

        JsonNode forBuyer = get("/orders/" + id, tokens.buyer(buyer));
        JsonNode forOperator = get("/orders/" + id, tokens.authorizationFor("/orders"));

        assertThat(forBuyer.toString()).doesNotContain("java.", "Exception", "01999999", "payment-svc - ");
        List<JsonNode> failed = entries(forBuyer, "FAILED");
        assertThat(failed).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.get("errorCode").asString()).isEqualTo("confirm-delayed");
            assertThat(entry.get("attempts").asInt()).isEqualTo(1);
            assertThat(entry.has("nextDueAt")).isTrue();
        });
        assertThat(entries(forOperator, "FAILED")).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.get("lastError").asString()).isEqualTo(ERROR);
            assertThat(entry.get("errorCode").asString()).isEqualTo("confirm-delayed");
        });
    }

    @Test
    void whileItsOrderWaitsForAnotherBuyersPaymentABuyerIsNotToldWhose() {
        downstream.outcomes("OPEN");
        String id = place("k").get("orderId").asString();
        await().until(() -> !entries(get("/orders/" + id, tokens.authorizationFor("/orders")), "FAILED")
                .isEmpty());

        JsonNode forBuyer = get("/orders/" + id, tokens.buyer(buyer));

        assertThat(entries(forBuyer, "FAILED")).isNotEmpty().allSatisfy(entry -> assertThat(entry.has("lastError"))
                .isFalse());
        assertThat(entries(get("/orders/" + id, tokens.authorizationFor("/orders")), "FAILED"))
                .allSatisfy(
                        entry -> assertThat(entry.get("lastError").asString()).contains("the payment of order"));
        downstream.serveAll();
        await().until(
                        () -> get("/orders/" + id, tokens.buyer(buyer))
                                .get("status")
                                .asString(),
                        "PAID"::equals);
    }

    @Test
    void whyAPaymentWasGivenUpIsACodeAndASentenceForItsBuyerWhereverTheOrderIsShown() {
        downstream.on(StandInDownstreamServices.OUTCOMES, call -> {
            List<Map<String, String>> outcomes = new ArrayList<>();
            call.body()
                    .get("orderIds")
                    .forEach(order -> outcomes.add(Map.of(
                            "orderId", order.asString(), "outcome", "GIVEN_UP", "reason", "deadline: " + ERROR)));
            return Answer.ok(JSON.writeValueAsString(Map.of("outcomes", outcomes)));
        });
        String id = place("k").get("orderId").asString();
        await().until(
                        () -> get("/orders/" + id, tokens.buyer(buyer))
                                .get("status")
                                .asString(),
                        "CLOSING"::equals);

        List<JsonNode> shown = List.of(
                get("/orders/" + id, tokens.buyer(buyer)),
                get("/orders", tokens.buyer(buyer)).get("items").get(0),
                place("k"),
                send(request("/orders/" + id + "/cancellation", tokens.buyer(buyer))
                        .POST(HttpRequest.BodyPublishers.noBody())));

        assertThat(shown).allSatisfy(order -> {
            assertThat(order.at("/closing/code").asString()).as("%s", order).isEqualTo("payment-given-up");
            assertThat(order.at("/closing/detail").asString()).isEqualTo("The payment could not be taken in time.");
            assertThat(order.toString()).doesNotContain("java.", "Exception", "01999999");
        });
        JsonNode forOperator = get("/orders/" + id, tokens.authorizationFor("/orders"));
        assertThat(forOperator.at("/closing/detail").asString()).contains(ERROR);
        assertThat(get("/orders?buyerId=" + buyer, tokens.authorizationFor("/orders"))
                        .at("/items/0/closing/detail")
                        .asString())
                .contains(ERROR);
    }

    private static List<JsonNode> entries(JsonNode order, String outcome) {
        List<JsonNode> found = new ArrayList<>();
        order.get("timeline").forEach(entry -> {
            if (entry.get("outcome").asString().equals(outcome)) {
                found.add(entry);
            }
        });
        return found;
    }

    private JsonNode place(String key) {
        return send(request("/orders", tokens.buyer(buyer))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"items":[{"sku":"tea","quantity":1,"unitPrice":{"minor":5,"currency":"CNY"}}],
                         "payment":{"method":"WALLET"}}""")));
    }

    private JsonNode get(String path, String authorization) {
        return send(request(path, authorization));
    }

    private HttpRequest.Builder request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization)
                .header("Content-Type", "application/json");
    }

    private JsonNode send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

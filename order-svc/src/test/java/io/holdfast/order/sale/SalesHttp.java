package io.holdfast.order.sale;

import io.holdfast.edge.testtokens.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Operators and buyers of sales, as they call the service. */
final class SalesHttp {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final TestTokens tokens;

    SalesHttp(int port, TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.tokens = tokens;
    }

    /** Unlike all others of this run. */
    static String unique(String what) {
        return what + "-" + NUMBERS.incrementAndGet();
    }

    static String terms(String sku, int quota, int limit, Instant opens, Instant closes) {
        return """
                {"sku":"%s","quota":%d,"unitPrice":{"minor":500,"currency":"CNY"},"opensAt":"%s","closesAt":"%s",
                 "perBuyerLimit":%d}""".formatted(sku, quota, opens, closes, limit);
    }

    /** An open one of a SKU of its own. */
    String openSale(int quota, int limit) {
        Instant now = Instant.now();
        Reply reply = make(
                unique("sale"), terms(unique("sku"), quota, limit, now.minusSeconds(1), now.plus(Duration.ofHours(1))));
        if (reply.status() != 201) {
            throw new AssertionError(reply.toString());
        }
        return reply.text("saleId");
    }

    Reply make(String key, String body) {
        return send(request("/sales", operator())
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Reply show(String sale) {
        return send(request("/sales/" + sale, operator()));
    }

    Reply operate(String sale, String what) {
        return send(request("/sales/" + sale + "/" + what, operator()).POST(HttpRequest.BodyPublishers.noBody()));
    }

    Reply order(String sale, String buyer, String key, String body) {
        return send(request("/sales/" + sale + "/orders", tokens.buyer(buyer))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Reply order(String sale, String buyer, String key, int quantity) {
        return order(sale, buyer, key, "{\"quantity\":%d,\"payment\":{\"method\":\"WALLET\"}}".formatted(quantity));
    }

    Reply mine(String sale, String buyer) {
        return send(request("/sales/" + sale + "/orders/mine", tokens.buyer(buyer)));
    }

    private String operator() {
        return tokens.authorizationFor("/sales");
    }

    private HttpRequest.Builder request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization)
                .header("X-Reason", "a test")
                .header("Content-Type", "application/json");
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response, JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    record Reply(HttpResponse<String> response, JsonNode body) {

        int status() {
            return response.statusCode();
        }

        String text(String name) {
            return body.path(name).asString("");
        }

        long number(String name) {
            return body.path(name).asLong(-1);
        }

        /** Status and code in one, so that a test says both. */
        String problem() {
            return status() + " " + text("code");
        }

        @Override
        public String toString() {
            return status() + " " + body;
        }
    }
}

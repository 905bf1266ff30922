package io.holdfast.localplatform.demo;

import io.holdfast.localplatform.runfolder.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the services as people do: over HTTP, as a buyer or as an operator, each call bounded in time. */
public final class Calls {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Tokens tokens;
    private final String operator;

    Calls(Tokens tokens) {
        this.tokens = tokens;
        this.operator = tokens.operator("demo", TOKEN_LIFETIME);
    }

    record Answer(String url, int status, JsonNode body) {

        JsonNode requireSuccess() throws IOException {
            if (status < 200 || status > 299) {
                throw new IOException(url + " is answered with " + status + " " + body);
            }
            return body;
        }
    }

    /** One line of an order, at a price in CNY. */
    record Item(String sku, int quantity, long unitPrice) {}

    /** @param payment as the body of the order names it */
    Answer order(String orders, String buyer, Item item, Map<String, Object> payment)
            throws IOException, InterruptedException {
        Map<String, Object> line =
                Map.of("sku", item.sku(), "quantity", item.quantity(), "unitPrice", money(item.unitPrice()));
        return post(
                tokens.buyer(buyer, TOKEN_LIFETIME),
                orders,
                Map.of("buyerId", buyer, "items", List.of(line), "payment", payment));
    }

    static Map<String, Object> money(long minor) {
        return Map.of("minor", minor, "currency", "CNY");
    }

    /** A quantity, or the minor units of an amount of money. */
    static long amount(JsonNode node) throws IOException {
        JsonNode number = node.isObject() ? node.path("minor") : node;
        if (!number.isIntegralNumber()) {
            throw new IOException("a figure is missing in a service's answer");
        }
        return number.asLong();
    }

    static String yuan(long minor) {
        return "%d.%02d".formatted(minor / 100, minor % 100);
    }

    /** As an operator. */
    JsonNode get(String url) throws IOException, InterruptedException {
        return send(operator, HttpRequest.newBuilder(URI.create(url))).requireSuccess();
    }

    /** As an operator. */
    JsonNode post(String url, Map<String, Object> body) throws IOException, InterruptedException {
        return post(operator, url, body).requireSuccess();
    }

    /** As an operator. */
    void put(String url, Map<String, Object> body) throws IOException, InterruptedException {
        send(
                        operator,
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))))
                .requireSuccess();
    }

    /** As an operator. */
    void delete(String url) throws IOException, InterruptedException {
        send(operator, HttpRequest.newBuilder(URI.create(url)).DELETE()).requireSuccess();
    }

    private Answer post(String token, String url, Map<String, Object> body) throws IOException, InterruptedException {
        return send(
                token,
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private Answer send(String token, HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .header("X-Reason", "demonstration")
                .build();
        String url = request.uri().toString();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            String text = response.body();
            return new Answer(
                    url, response.statusCode(), text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text));
        } catch (IOException e) {
            throw new IOException(url + " does not answer: " + e, e);
        } catch (JacksonException e) {
            throw new IOException(url + " does not answer in JSON", e);
        }
    }
}

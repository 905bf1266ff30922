package io.holdfast.systemtest.platform;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service answered: status, headers and the body as it came. */
public record Answer(int status, HttpHeaders headers, String text) {

    private static final JsonMapper JSON = new JsonMapper();

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    /** The body; fails the test if it is no JSON. */
    public JsonNode body() {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError("no JSON in " + this, e);
        }
    }

    public String contentType() {
        return header("Content-Type");
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The problem's stable word, or an empty text. */
    public String code() {
        return body().path("code").asString("");
    }

    public String orderId() {
        return body().path("orderId").asString("");
    }

    /** The order's status, or an empty text in a problem. */
    public String orderStatus() {
        return body().path("status").isString() ? body().path("status").asString() : "";
    }

    @Override
    public String toString() {
        return status + " " + contentType() + " " + text;
    }
}

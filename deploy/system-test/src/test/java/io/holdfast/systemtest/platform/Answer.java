package io.holdfast.systemtest.platform;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service answered: status, headers and the body as it came. */
public record Answer(int status, HttpHeaders headers, String text) {

    private static final JsonMapper JSON = new JsonMapper();

    /** What no answer may give away, whatever the test is about: SQL, classes and stack traces, tokens and keys. */
    private static final Pattern INDISCREET = Pattern.compile(
            "\\bselect .+ from\\b|\\binsert into\\b|\\bupdate .+ set\\b|\\bdelete from\\b|java\\.(lang|sql)\\.|org\\.spring"
                    + "|io\\.holdfast\\.|\\.java:[0-9]|eyJ[A-Za-z0-9_-]{20}|PRIVATE KEY",
            Pattern.CASE_INSENSITIVE);

    static Answer of(HttpResponse<String> response) {
        String told = response.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json")
                ? response.body()
                : "";
        if (INDISCREET.matcher(told).find()) {
            throw new AssertionError("a problem that tells too much: " + told);
        }
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

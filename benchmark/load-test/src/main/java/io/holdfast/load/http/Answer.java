package io.holdfast.load.http;

import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service answered.
 *
 * @param request what was asked for, to name it in a complaint
 * @param status of HTTP
 * @param body as it came; empty if there was none
 */
public record Answer(String request, int status, String body) {

    private static final JsonMapper JSON = new JsonMapper();

    public boolean isSuccess() {
        return status >= 200 && status <= 299;
    }

    /** Whether the service asks to be asked again. */
    public boolean isBusy() {
        return status == 429 || status == 503;
    }

    /** The stable code of a problem; empty if it is none. */
    public String code() {
        return isSuccess() || body.isEmpty() ? "" : json().path("code").asString("");
    }

    /** @throws IllegalStateException if it is no JSON */
    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new IllegalStateException(this + " is no JSON", e);
        }
    }

    public Answer requireSuccess() throws IOException {
        if (!isSuccess()) {
            throw new IOException(this.toString());
        }
        return this;
    }

    @Override
    public String toString() {
        return request + " is answered with " + status + (body.isEmpty() ? "" : " " + body);
    }
}

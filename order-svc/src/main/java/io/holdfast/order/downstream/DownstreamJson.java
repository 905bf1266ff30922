package io.holdfast.order.downstream;

import feign.RequestTemplate;
import feign.Response;
import feign.codec.DecodeException;
import feign.codec.Decoder;
import feign.codec.Encoder;
import feign.codec.ErrorDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON to and from downstream services.
 *
 * <p>Spring's own encoder and decoder collect their message converters at the first call, and fail first calls that come at the
 * same time ("no suitable HttpMessageConverter"). This one has nothing to collect. Unknown members of an answer are skipped, so
 * that a downstream service may be newer than we are.
 */
final class DownstreamJson implements Encoder, Decoder, ErrorDecoder {

    /** Far above what 200 orders need; a bound for what nobody expects. */
    private static final int MAX_BYTES = 1 << 22;

    private final JsonMapper json;

    DownstreamJson(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void encode(Object body, Type type, RequestTemplate request) {
        request.header("Content-Type", "application/json");
        request.body(json.writeValueAsBytes(body), StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable Object decode(Response response, Type type) throws IOException {
        try {
            return json.readValue(read(response), json.constructType(type));
        } catch (JacksonException e) {
            throw new DecodeException(
                    response.status(), "the answer is not the JSON that was agreed on", response.request(), e);
        }
    }

    @Override
    public Exception decode(String method, Response response) {
        return new DownstreamProblemException(response.status(), problemOf(response));
    }

    private @Nullable DownstreamProblem problemOf(Response response) {
        Collection<String> types = response.headers().getOrDefault("Content-Type", List.of());
        if (types.stream().noneMatch(type -> type.startsWith("application/problem+json"))) {
            return null;
        }
        try {
            return json.readValue(read(response), DownstreamProblem.class);
        } catch (IOException | JacksonException e) {
            // An error answer that cannot be read is still an error answer: of unknown outcome.
            return null;
        }
    }

    private static byte[] read(Response response) throws IOException {
        if (response.body() == null) {
            return new byte[0];
        }
        try (InputStream body = Objects.requireNonNull(response.body()).asInputStream()) {
            byte[] bytes = body.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("the answer has more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }
}

package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.holdfast.edge.testtokens.TestTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls the gateway over plain sockets: an HTTP client would hide what is tested here, by sending a request again whose
 * connection was closed, or by reporting any broken answer as none.
 */
public final class Caller {

    /** payment-svc is the gateway's customer. */
    static final TestTokens TOKENS = TestTokens.forCalls("payment-svc", "gateway-sandbox", "/charges");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int port;

    public Caller(int port) {
        this.port = port;
    }

    /** @param headers with lower-case names */
    public record Answer(int status, Map<String, String> headers, String body) {

        public <T> T at(String path) {
            return JsonPath.read(body, path);
        }

        public Answer is(int expected) {
            assertThat(status).as(body).isEqualTo(expected);
            return this;
        }

        public Answer isProblem(int expected, String code) {
            is(expected);
            assertThat(headers.get("content-type")).startsWith("application/problem+json");
            assertThat(this.<String>at("$.code")).isEqualTo(code);
            assertThat(this.<String>at("$.type")).isEqualTo("urn:holdfast:problem:" + code);
            assertThat(this.<String>at("$.traceId")).isEqualTo(headers.get("x-trace-id"));
            return this;
        }

        public boolean isReplayed() {
            return "true".equals(headers.get("idempotent-replayed"));
        }
    }

    /** A key or reference that no test has used. */
    public static String fresh(String prefix) {
        return prefix + "-" + NUMBERS.incrementAndGet();
    }

    public Answer get(String path) throws IOException {
        return answered("GET", path, null, null);
    }

    public Answer post(String path, @Nullable String key, @Nullable String body) throws IOException {
        return answered("POST", path, key, body);
    }

    public Answer authorize(String key, String reference) throws IOException {
        return authorize(key, reference, 1999, "tok_ok");
    }

    public Answer authorize(String key, String reference, long minor, String token) throws IOException {
        return post("/charges", key, order(reference, minor, token));
    }

    /** The id of a new charge that is authorized. */
    public String authorized(String reference, long minor) throws IOException {
        return authorize(fresh("key"), reference, minor, "tok_ok").is(201).at("$.id");
    }

    public static String order(String reference, long minor, String token) {
        return """
                {"reference":"%s","amount":{"minor":%d,"currency":"CNY"},"token":"%s"}""".formatted(reference, minor, token);
    }

    public Answer step(String id, String step, String key) throws IOException {
        return post("/charges/" + id + "/" + step, key, null);
    }

    public void behave(String... rules) throws IOException {
        answered("PUT", "/behaviour", null, "{\"rules\":[" + String.join(",", rules) + "]}")
                .is(200);
    }

    public void behaveNormally() throws IOException {
        answered("DELETE", "/behaviour", null, null).is(204);
    }

    public int held() throws IOException {
        return get("/behaviour").is(200).at("$.held");
    }

    public List<Integer> applied() throws IOException {
        return get("/behaviour").is(200).at("$.rules[*].applied");
    }

    public Answer answered(String method, String path, @Nullable String key, @Nullable String body) throws IOException {
        return call(method, path, key, body, PATIENCE)
                .orElseThrow(() -> new AssertionError(method + " " + path + " got no answer"));
    }

    /**
     * @return empty if the connection was closed before a single byte came back
     * @throws java.net.SocketTimeoutException if it stayed open and silent
     */
    public Optional<Answer> call(
            String method, String path, @Nullable String key, @Nullable String body, Duration patience)
            throws IOException {
        try (Socket socket = send(method, path, key, body)) {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            return receive(socket);
        }
    }

    /** Sends a request and leaves the answer, if there is one, in the socket. */
    public Socket send(String method, String path, @Nullable String key, @Nullable String body) throws IOException {
        return send(method, path, key, body, "close");
    }

    /** @param connection {@code close}, or {@code keep-alive} if the server is not to close it of itself */
    public Socket send(String method, String path, @Nullable String key, @Nullable String body, String connection)
            throws IOException {
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(
                "%s %s HTTP/1.1\r\nHost: gateway\r\nConnection: %s\r\n".formatted(method, path, connection));
        head.append("Authorization: ").append(TOKENS.authorizationFor(path)).append("\r\n");
        head.append("X-Reason: a test\r\n");
        if (key != null) {
            head.append("Idempotency-Key: ").append(key).append("\r\n");
        }
        if (body != null) {
            head.append("Content-Type: application/json\r\n");
        }
        if (!method.equals("GET")) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(content);
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            socket.getOutputStream().write(request.toByteArray());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public static Optional<Answer> receive(Socket socket) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(received);
        } catch (SocketException closedHard) {
            // A connection that is closed before its request was read to the end is reset: closed all the same.
        }
        if (received.size() == 0) {
            return Optional.empty();
        }
        // A character per byte, so that chunks can be cut by their length.
        String text = received.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        assertThat(end).as("a whole head in: " + text).isPositive();
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        String rest = text.substring(end + 4);
        String body = "chunked".equals(headers.get("transfer-encoding")) ? joined(rest) : rest;
        return Optional.of(new Answer(
                Integer.parseInt(lines[0].split(" ")[1]),
                headers,
                new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
    }

    private static String joined(String chunks) {
        StringBuilder body = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            assertThat(line).as("a complete answer in: " + chunks).isPositive();
            int length = Integer.parseInt(chunks.substring(at, line), 16);
            if (length == 0) {
                return body.toString();
            }
            body.append(chunks, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
    }
}

package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.idempotency.IdempotencyKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        classes = EdgeTestApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "server.tomcat.connection-timeout=2s",
            "spring.main.banner-mode=off",
            "holdfast.edge.body-timeout=1s"
        })
@ExtendWith(OutputCaptureExtension.class)
class BadRequestTest {

    private static final String GOOD = "{\"speed\":\"FAST\",\"items\":[{\"sku\":\"a\",\"quantity\":1,\"weight\":2}]}";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    @Test
    void aGoodRequestIsAnsweredWithItsTraceId() throws Exception {
        HttpResponse<String> answer = send(post(GOOD));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json.readTree(answer.body()).get("trace").asString())
                .matches("[0-9a-f]{32}")
                .isEqualTo(answer.headers().firstValue("X-Trace-Id").orElseThrow());
    }

    @Test
    void aWellFormedTraceparentIsTakenOver() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        HttpResponse<String> answer = send(post(GOOD).setHeader("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));

        assertThat(answer.headers().firstValue("X-Trace-Id")).hasValue(trace);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "' or 1=1 --"
            })
    void aMalformedTraceparentIsReplacedAndCostsNothing(String traceparent) throws Exception {
        HttpResponse<String> answer = send(post(GOOD).setHeader("traceparent", traceparent));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-Trace-Id").orElseThrow())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo("4bf92f3577b34da6a3ce929d0e0e4736")
                .isNotEqualTo("0".repeat(32));
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                Arguments.of("", "malformed-json", null),
                Arguments.of("null", "malformed-json", null),
                Arguments.of("[]", "malformed-json", null),
                Arguments.of("\"\"", "malformed-json", null),
                Arguments.of("{", "malformed-json", null),
                Arguments.of("{'speed':'FAST'}", "malformed-json", null),
                Arguments.of(GOOD + "{}", "malformed-json", null),
                Arguments.of("{\"speed\":\"FAST\",\"speed\":\"SLOW\",\"items\":[]}", "malformed-json", null),
                Arguments.of(GOOD.replace("\"a\"", "\"" + "a".repeat(5000) + "\""), "malformed-json", null),
                Arguments.of(GOOD.replace(":1,", ":" + "1".repeat(1000) + ","), "malformed-json", null),
                Arguments.of(GOOD.replace(":1,", ":99999999999,"), "invalid-request", "items[0].quantity"),
                Arguments.of("{\"surprise\":1}", "invalid-request", "surprise"),
                Arguments.of("{\"" + "x".repeat(120) + "\":1}", "invalid-request", "x".repeat(64) + "..."),
                Arguments.of(GOOD.replace("FAST", "FASTEST"), "invalid-request", "speed"),
                Arguments.of(GOOD.replace("\"FAST\"", "1"), "invalid-request", "speed"),
                Arguments.of(GOOD.replace("\"FAST\"", "\"\""), "invalid-request", "speed"),
                Arguments.of(GOOD.replace(":1,", ":1.0,"), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":1e3,"), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":\"1\","), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":\"\","), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":true,"), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace("\"a\"", "5"), "invalid-request", "items[0].sku"),
                Arguments.of(GOOD.replace("\"a\"", "true"), "invalid-request", "items[0].sku"),
                Arguments.of(GOOD.replace(":2}", ":null}"), "invalid-request", "items[0].weight"),
                Arguments.of(GOOD.replace(",\"weight\":2", ""), "invalid-request", "items[0].weight"),
                Arguments.of(GOOD.replace(":1,", ":0,"), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":-1,"), "invalid-request", "items[0].quantity"),
                Arguments.of(GOOD.replace(":1,", ":null,"), "invalid-request", "items[0].quantity"),
                Arguments.of("{\"speed\":\"FAST\",\"items\":[]}", "invalid-request", "items"),
                Arguments.of("{\"speed\":\"FAST\",\"items\":{}}", "invalid-request", "items"),
                Arguments.of("{\"speed\":\"FAST\",\"items\":[null]}", "invalid-request", "items[0]"),
                Arguments.of("{\"speed\":\"FAST\"}", "invalid-request", "items"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void aBadBodyIsRefused(String body, String code, String field) throws Exception {
        JsonNode problem = assertProblem(send(post(body)), 400, code, "/parcels");

        if (field != null) {
            assertThat(problem.get("errors").get(0).get("field").asString()).startsWith(field);
            assertThat(problem.get("errors").get(0).get("message").asString()).isNotBlank();
        }
    }

    @Test
    void noMoreThanTwentyErrorsAreListed() throws Exception {
        String item = "{\"sku\":\"\",\"quantity\":0,\"weight\":1}";
        String items = String.join(",", Collections.nCopies(500, item));

        JsonNode problem = assertProblem(
                send(post("{\"speed\":\"FAST\",\"items\":[" + items + "]}")), 400, "invalid-request", "/parcels");

        assertThat(problem.get("errors").size()).isEqualTo(20);
    }

    @Test
    void aMissingKeyIsRefused() throws Exception {
        HttpRequest.Builder request =
                request("/parcels").header("Content-Type", "application/json").POST(BodyPublishers.ofString(GOOD));

        assertProblem(send(request), 400, "idempotency-key-missing", "/parcels");
    }

    @Test
    void aBadKeyIsRefused() throws Exception {
        assertProblem(
                send(post(GOOD).setHeader(IdempotencyKey.HEADER, "k".repeat(65))),
                400,
                "idempotency-key-invalid",
                "/parcels");
        assertProblem(
                send(post(GOOD).setHeader(IdempotencyKey.HEADER, "a b")), 400, "idempotency-key-invalid", "/parcels");
        assertProblem(
                send(post(GOOD).setHeader(IdempotencyKey.HEADER, "")), 400, "idempotency-key-invalid", "/parcels");
        assertProblem(
                send(post(GOOD).header(IdempotencyKey.HEADER, "second")), 400, "idempotency-key-invalid", "/parcels");
        assertThat(send(post(GOOD).setHeader(IdempotencyKey.HEADER, "k".repeat(64)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aBadPathVariableIsExplainedInTheWordsOfItsType() throws Exception {
        JsonNode problem =
                assertProblem(send(request("/parcels/far-too-long")), 400, "invalid-request", "/parcels/far-too-long");

        assertThat(problem.get("errors").get(0).get("field").asString()).isEqualTo("name");
        assertThat(problem.get("errors").get(0).get("message").asString()).isEqualTo("has 8 characters at most");
    }

    @Test
    void badParametersAreNamed() throws Exception {
        JsonNode negative = assertProblem(send(request("/parcels/x?page=-1")), 400, "invalid-request", "/parcels/x");
        assertThat(negative.get("errors").get(0).get("field").asString()).isEqualTo("page");

        JsonNode text = assertProblem(send(request("/parcels/x?page=one")), 400, "invalid-request", "/parcels/x");
        assertThat(text.get("errors").get(0).get("field").asString()).isEqualTo("page");

        JsonNode missing =
                assertProblem(send(request("/needs-a-parameter")), 400, "invalid-request", "/needs-a-parameter");
        assertThat(missing.get("errors").get(0).get("field").asString()).isEqualTo("speed");

        assertProblem(send(request("/needs-a-parameter?speed=LIGHT")), 400, "invalid-request", "/needs-a-parameter");
    }

    @Test
    void whatTheDispatcherRefusesIsAProblemToo() throws Exception {
        assertProblem(send(request("/nothing/here")), 404, "not-found", "/nothing/here");
        assertProblem(send(request("/error")), 404, "not-found", "/error");
        HttpResponse<String> method = send(request("/parcels").method("DELETE", BodyPublishers.noBody()));
        assertProblem(method, 405, "method-not-allowed", "/parcels");
        assertThat(method.headers().firstValue("Allow")).hasValue("POST");
        assertProblem(
                send(post(GOOD).setHeader("Content-Type", "text/plain")), 415, "unsupported-media-type", "/parcels");
        assertProblem(
                send(post(GOOD).setHeader("Content-Type", "application/x-www-form-urlencoded")),
                415,
                "unsupported-media-type",
                "/parcels");
        assertProblem(send(post(GOOD).setHeader("Accept", "text/html")), 406, "not-acceptable", "/parcels");
        assertProblem(send(request("/nothing").setHeader("Accept", "text/html")), 404, "not-found", "/nothing");
    }

    @Test
    void anExpectedProblemIsToldAsItIsAlsoWhenWrapped() throws Exception {
        JsonNode problem = assertProblem(send(request("/gone")), 410, "parcel-gone", "/gone");

        assertThat(problem.get("title").asString()).isEqualTo("Gone");
        assertThat(problem.get("detail").asString()).isEqualTo("It has left.");
        assertThat(problem.get("since").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/fails", "/fails-in-a-filter"})
    void anUnexpectedFailureSaysNothingOutsideAndEverythingInTheLog(String path, CapturedOutput output)
            throws Exception {
        JsonNode problem = assertProblem(send(request(path)), 500, "internal-error", path);

        assertThat(problem.toString()).doesNotContainIgnoringCase("select", "insert", "secret", "vault");
        assertThat(output.getOut()).contains("IllegalStateException").containsAnyOf("vault", "com.example.Secret");
    }

    @Test
    void aBusyDatabaseAsksTheCallerToComeAgain() throws Exception {
        HttpResponse<String> answer = send(request("/too-busy"));

        assertProblem(answer, 503, "unavailable", "/too-busy");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(answer.body()).doesNotContain("update", "secret");
    }

    @Test
    void anUploadIsNotReadAtAll() throws Exception {
        assertProblem(
                send(chunked("/parcels", padded(1024 * 1024))
                        .setHeader("Content-Type", "multipart/form-data; boundary=b")),
                415,
                "unsupported-media-type",
                "/parcels");
    }

    @Test
    void aBodyThatAnnouncesToBeTooLargeIsRefused() throws Exception {
        for (int size : new int[] {64 * 1024 + 1, 1024 * 1024}) {
            JsonNode problem = assertProblem(send(post(padded(size))), 413, "body-too-large", "/parcels");
            assertThat(problem.get("maxBytes").asInt()).isEqualTo(64 * 1024);
        }
        assertThat(send(post(padded(64 * 1024))).statusCode()).isEqualTo(200);
    }

    @Test
    void aChunkedBodyThatGrowsTooLargeIsRefused() throws Exception {
        for (int size : new int[] {64 * 1024 + 1, 1024 * 1024}) {
            assertProblem(send(chunked("/parcels", padded(size))), 413, "body-too-large", "/parcels");
        }
        assertThat(send(chunked("/parcels", padded(64 * 1024))).statusCode()).isEqualTo(200);
    }

    @Test
    void anInternalCallMayCarryManyOrdersAndIsBoundedToo() throws Exception {
        assertThat(send(chunked("/internal/parcels", padded(1024 * 1024))).statusCode())
                .isEqualTo(200);
        assertProblem(
                send(chunked("/internal/parcels", padded(2 * 1024 * 1024 + 1))),
                413,
                "body-too-large",
                "/internal/parcels");
    }

    @Test
    void theConnectionOfATooLargeBodyEndsInsteadOfHanging() throws Exception {
        byte[] body = padded(100_000).getBytes(StandardCharsets.US_ASCII);
        String head = "POST /parcels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\n\r\n";

        String answer = exchange(head, body);

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("body-too-large", "application/problem+json");
    }

    static Stream<Arguments> brokenRequests() {
        return Stream.of(
                Arguments.of("GET /a b c HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                Arguments.of("GET /<script> HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                Arguments.of("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                Arguments.of("GET /parcels/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
                Arguments.of("G\u0001T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                Arguments.of("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
                Arguments.of("GET / HTTP/1.1\r\n\r\n", 400),
                Arguments.of("POST /parcels HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
                Arguments.of("POST /parcels HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", 501),
                Arguments.of("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(20_000) + "\r\n\r\n", 400));
    }

    @ParameterizedTest
    @MethodSource("brokenRequests")
    void whatTheServerRefusesIsAProblemToo(String request, int status) throws Exception {
        String answer = exchange(request, new byte[0]);

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("application/problem+json");
        assertThat(answer).doesNotContain("<html", "Exception", "org.apache", "Tomcat");
        JsonNode problem = json.readTree(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("traceId").asString()).matches("[0-9a-f]{32}");
        assertThat(problem.get("code").asString()).isNotBlank();
    }

    @Test
    void theDescriptionOfTheInterfaceSaysWhatAnErrorLooksLike() throws Exception {
        JsonNode api = json.readTree(send(request("/v3/api-docs")).body());

        JsonNode responses = api.at("/paths/~1parcels/post/responses");
        assertThat(responses
                        .at("/default/content/application~1problem+json/schema/$ref")
                        .asString())
                .isEqualTo("#/components/schemas/Problem");
        assertThat(api.at("/components/schemas/Problem/properties/traceId").isMissingNode())
                .isFalse();
        JsonNode named = api.at("/paths/~1catalogue/get/responses");
        assertThat(named.at("/409/content").propertyNames()).containsExactly("application/problem+json");
        assertThat(named.at("/409/content/application~1problem+json/schema/$ref")
                        .asString())
                .isEqualTo("#/components/schemas/Problem");
        assertThat(named.at("/200/content").propertyNames()).doesNotContain("application/problem+json");
        JsonNode key = api.at("/paths/~1parcels/post/parameters/0");
        assertThat(key.get("name").asString()).isEqualTo("Idempotency-Key");
        assertThat(key.at("/schema/type").asString()).isEqualTo("string");
        assertThat(key.at("/schema/maxLength").asInt()).isEqualTo(64);
    }

    private JsonNode assertProblem(HttpResponse<String> answer, int status, String code, String path) {
        assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body())
                .doesNotContain("io.holdfast", "java.", "tools.jackson", "springframework", "Exception", "at line");
        JsonNode problem = json.readTree(answer.body());
        assertThat(problem.get("type").asString()).isEqualTo("urn:holdfast:problem:" + code);
        assertThat(problem.get("code").asString()).isEqualTo(code);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.get("detail").asString()).isNotBlank();
        assertThat(problem.get("instance").asString()).isEqualTo(path);
        assertThat(problem.get("traceId").asString())
                .isEqualTo(answer.headers().firstValue("X-Trace-Id").orElseThrow());
        return problem;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE);
    }

    private HttpRequest.Builder post(String body) {
        return request("/parcels")
                .header("Content-Type", "application/json")
                .header(IdempotencyKey.HEADER, "key-1")
                .POST(BodyPublishers.ofString(body));
    }

    @Test
    void aBodyThatArrivesAByteAtATimeIsCutOff() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(head(1_000).getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                out.write(' ');
                return in.available() > 0;
            });

            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 408")
                    .contains("request-timeout", "Connection: close");
        }
    }

    @Test
    void aBodyThatStopsArrivingIsCutOff() throws Exception {
        assertThat(exchange(head(1_000), "{".getBytes(StandardCharsets.ISO_8859_1)))
                .startsWith("HTTP/1.1 408")
                .contains("request-timeout");
    }

    @Test
    void headersThatNeverEndAreCutOff() throws Exception {
        String endless = "X-Long: " + "x".repeat(9_000);

        assertThat(exchange("GET / HTTP/1.1\r\nHost: here\r\n" + endless + "\r\n\r\n", new byte[0]))
                .startsWith("HTTP/1.1 400");
        // The rest of these never comes: the server ends the connection, and says nothing to who has asked nothing.
        assertThat(exchange("GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ", new byte[0]))
                .doesNotContain("200");
    }

    private static String head(int length) {
        return "POST /parcels HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
                + "Content-Length: " + length + "\r\n\r\n";
    }

    private HttpRequest.Builder chunked(String path, String body) {
        return request(path)
                .header("Content-Type", "application/json")
                .header(IdempotencyKey.HEADER, "key-1")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII))));
    }

    private static String padded(int size) {
        return GOOD + " ".repeat(size - GOOD.length());
    }

    /** Sends bytes that no HTTP client would, and reads until the server closes. */
    private String exchange(String head, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}

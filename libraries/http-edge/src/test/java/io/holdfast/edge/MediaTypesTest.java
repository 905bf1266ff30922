package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** What is refused because of its form, or because its answer would be, has had no effect. */
@SpringBootTest(
        classes = {EdgeTestApplication.class, MediaTypesTest.Counter.class},
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"server.address=127.0.0.1", "spring.main.banner-mode=off", "holdfast.edge.max-body=2KB"})
class MediaTypesTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String JSON = "application/json";
    private static final String GOOD = "{\"by\":1}";

    /** Each endpoint that changes something, as method, path and whether it reads a body. */
    private static final List<Endpoint> CHANGING = List.of(
            new Endpoint("POST", "/counter", true),
            new Endpoint("PUT", "/counter", true),
            new Endpoint("PATCH", "/counter", true),
            new Endpoint("DELETE", "/counter", false),
            new Endpoint("POST", "/counter/reset", false));

    @LocalServerPort
    private int port;

    @Autowired
    private Counter counter;

    @Autowired
    private RequestMappingHandlerAdapter adapter;

    @BeforeEach
    void nothingWasDone() {
        counter.changes.set(0);
    }

    /** All that converters on the class path can read or write, and more that some library may bring one day. */
    private static Set<String> typesThatAreNotJson() {
        Set<String> types = new TreeSet<>(Set.of(
                "application/yaml",
                "application/x-yaml",
                "text/yaml",
                "application/xml",
                "text/xml",
                "application/cbor",
                "application/x-jackson-smile",
                "application/x-protobuf",
                "application/hal+json",
                "application/vnd.holdfast+json",
                "application/problem+json",
                "application/x-ndjson",
                "application/x-www-form-urlencoded",
                "multipart/form-data;boundary=b",
                "application/octet-stream",
                "text/plain",
                "text/html",
                "text/json"));
        StreamSupport.stream(
                        HttpMessageConverters.forServer()
                                .registerDefaults()
                                .build()
                                .spliterator(),
                        false)
                .flatMap(converter -> converter.getSupportedMediaTypes().stream())
                .filter(type -> !type.isWildcardType())
                .map(type -> type.getType() + "/" + type.getSubtype().replace("*", "x"))
                .forEach(types::add);
        types.remove(JSON);
        return types;
    }

    @Test
    void theClassPathOfThisTestHasConvertersForMoreThanJson() {
        assertThat(typesThatAreNotJson()).contains("application/x+json", "application/x+xml");
        assertThat(StreamSupport.stream(
                                HttpMessageConverters.forServer()
                                        .registerDefaults()
                                        .build()
                                        .spliterator(),
                                false)
                        .map(converter -> converter.getClass().getSimpleName()))
                .contains(
                        "JacksonYamlHttpMessageConverter",
                        "JacksonXmlHttpMessageConverter",
                        "JacksonCborHttpMessageConverter",
                        "JacksonSmileHttpMessageConverter");
    }

    @Test
    void noConverterOfALibraryIsAsked() {
        for (String type : typesThatAreNotJson()) {
            MediaType other = MediaType.parseMediaType(type);
            assertThat(adapter.getMessageConverters())
                    .as(type)
                    .noneMatch(converter -> !type.endsWith("+json") && converter.canRead(Step.class, other));
        }
    }

    @Test
    void aBodyOfAnyOtherTypeIsRefusedAtEachEndpoint() throws Exception {
        for (Endpoint endpoint : CHANGING) {
            for (String type : typesThatAreNotJson()) {
                HttpResponse<String> answer = call(endpoint, GOOD.getBytes(StandardCharsets.UTF_8), type, null);

                assertThat(answer.statusCode()).as("%s %s", endpoint, type).isEqualTo(415);
                assertThat(answer.headers().allValues("Accept"))
                        .as(endpoint.toString())
                        .contains(JSON);
            }
        }
        assertThat(counter.changes).hasValue(0);
    }

    @Test
    void whatCouldBeAnsweredInAnotherTypeOnlyIsRefusedBeforeItIsDone() throws Exception {
        for (Endpoint endpoint : CHANGING) {
            for (String type : typesThatAreNotJson()) {
                assertThat(call(endpoint, body(endpoint), JSON, type).statusCode())
                        .as("%s for %s", endpoint, type)
                        .isEqualTo(406);
            }
        }
        assertThat(counter.changes).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;q=0",
                "*/*;q=0",
                "application/json;q=0, */*",
                "application/*;q=0, */*",
                "text/*, image/png",
                "nonsense",
                "application/",
                "application/json;q=2",
                "application/json, nonsense"
            })
    void anAcceptHeaderThatRulesJsonOutOrMeansNothingIsRefusedBeforeAnythingIsDone(String accept) throws Exception {
        for (Endpoint endpoint : CHANGING) {
            HttpResponse<String> answer = call(endpoint, body(endpoint), JSON, accept);

            assertThat(answer.statusCode()).as(endpoint.toString()).isEqualTo(406);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"not-acceptable\"");
        }
        assertThat(counter.changes).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "application/json",
                "application/json;charset=UTF-8",
                "application/json;q=0.1, text/html",
                "text/html, */*;q=0.1",
                "application/yaml, application/json;q=0.5",
                "*/*;q=0, application/json"
            })
    void whoeverTakesJsonAmongOthersGetsJson(String accept) throws Exception {
        for (Endpoint endpoint : CHANGING) {
            HttpResponse<String> answer = call(endpoint, body(endpoint), JSON, accept);

            assertThat(answer.statusCode()).as(endpoint.toString()).isIn(200, 204);
            assertThat(answer.headers().firstValue("Content-Type").orElse(JSON)).startsWith(JSON);
        }
        assertThat(counter.changes).hasValue(CHANGING.size());
    }

    @Test
    void severalAcceptHeadersAreOneList() throws Exception {
        HttpRequest.Builder request = request(CHANGING.get(0), GOOD.getBytes(StandardCharsets.UTF_8), JSON)
                .header("Accept", "text/html")
                .header("Accept", JSON);

        assertThat(HTTP.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"by: 1\nby: 2", "by: \"1\"", "by: 1.0", "by: 0x1", "by: 1\nmore: 2", "by: 1\n---\nby: 2"})
    void strictJsonCannotBeWalkedAroundInYaml(String yaml) throws Exception {
        for (String type : List.of("application/yaml", "application/x+yaml", "text/yaml; charset=utf-8")) {
            assertThat(call(CHANGING.get(0), yaml.getBytes(StandardCharsets.UTF_8), type, null)
                            .statusCode())
                    .isEqualTo(415);
        }
        assertThat(counter.changes).hasValue(0);
    }

    @Test
    void jsonIsUtf8() throws Exception {
        Endpoint post = CHANGING.get(0);
        byte[] utf8 = GOOD.getBytes(StandardCharsets.UTF_8);
        for (String charset : List.of("utf-16", "UTF-16LE", "utf-32", "iso-8859-1", "us-ascii", "no-charset", "\"\"")) {
            for (byte[] body : List.of(utf8, GOOD.getBytes(StandardCharsets.UTF_16))) {
                assertThat(call(post, body, JSON + ";charset=" + charset, null).statusCode())
                        .as(charset)
                        .isEqualTo(415);
            }
        }
        for (var other : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertThat(call(post, GOOD.getBytes(other), JSON, null).body()).contains("\"code\":\"malformed-json\"");
        }
        assertThat(counter.changes).hasValue(0);

        for (String charset : List.of("utf-8", "UTF-8", "\"utf-8\"")) {
            assertThat(call(post, utf8, JSON + "; charset=" + charset, null).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aBodyWithNoTypeOrTwoIsRefused() throws Exception {
        for (Endpoint endpoint : CHANGING) {
            assertThat(call(endpoint, GOOD.getBytes(StandardCharsets.UTF_8), null, null)
                            .statusCode())
                    .as(endpoint.toString())
                    .isEqualTo(415);
            HttpRequest two = request(endpoint, GOOD.getBytes(StandardCharsets.UTF_8), JSON)
                    .header("Content-Type", "application/yaml")
                    .build();
            assertThat(HTTP.send(two, BodyHandlers.ofString()).statusCode())
                    .as(endpoint.toString())
                    .isEqualTo(415);
        }
        assertThat(counter.changes).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "deflate", "br", "identity, gzip", "compress", "nonsense"})
    void aCompressedBodyIsToldHowToBeSent(String encoding) throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        for (Endpoint endpoint : CHANGING) {
            HttpRequest request = request(endpoint, compressed.toByteArray(), JSON)
                    .header("Content-Encoding", encoding)
                    .build();

            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(endpoint.toString()).isEqualTo(415);
            assertThat(answer.headers().firstValue("Accept-Encoding")).hasValue("identity");
            assertThat(answer.body()).contains("Content-Encoding").doesNotContain("malformed");
        }
        assertThat(counter.changes).hasValue(0);
    }

    @Test
    void aBodyThatIsEncodedAsItIsIsTaken() throws Exception {
        HttpRequest request = request(CHANGING.get(0), GOOD.getBytes(StandardCharsets.UTF_8), JSON)
                .header("Content-Encoding", "identity")
                .build();

        assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void typesAreLookedAtBeforeSizeAndSizeBeforeForm() throws Exception {
        byte[] tooLarge = "x".repeat(3_000).getBytes(StandardCharsets.UTF_8);
        for (Endpoint endpoint : CHANGING) {
            assertThat(call(endpoint, tooLarge, "application/yaml", "text/html").statusCode())
                    .isEqualTo(406);
            assertThat(call(endpoint, tooLarge, "application/yaml", null).statusCode())
                    .isEqualTo(415);
            assertThat(call(endpoint, tooLarge, JSON, null).statusCode()).isEqualTo(413);
        }
        assertThat(counter.changes).hasValue(0);
    }

    @Test
    void whatIsReadIsAnsweredInJsonOrNotAtAll() throws Exception {
        Endpoint get = new Endpoint("GET", "/counter", false);
        for (String type : typesThatAreNotJson()) {
            assertThat(call(get, new byte[0], null, type).statusCode()).as(type).isEqualTo(406);
        }
        HttpResponse<String> answer = call(get, new byte[0], null, "application/yaml, */*;q=0.1");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "a\\ud800b", "\\udc00\\ud800"})
    void halfACharacterIsNoText(String text) throws Exception {
        byte[] body = ("{\"by\":1,\"note\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);

        HttpResponse<String> answer = call(CHANGING.get(0), body, JSON, null);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"note\"");
        assertThat(counter.changes).hasValue(0);
    }

    @Test
    void aWholeCharacterOfTwoHalvesIsText() throws Exception {
        byte[] body = "{\"by\":1,\"note\":\"\\ud83d\\ude00 \uD83D\uDE00\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(call(CHANGING.get(0), body, JSON, null).statusCode()).isEqualTo(200);
    }

    @Test
    void brokenUtf8IsRefused() throws Exception {
        for (byte[] broken : List.of(
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80})) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes("{\"by\":1,\"note\":\"".getBytes(StandardCharsets.UTF_8));
            body.writeBytes(broken);
            body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));

            assertThat(call(CHANGING.get(0), body.toByteArray(), JSON, null).statusCode())
                    .as(java.util.HexFormat.of().formatHex(broken))
                    .isEqualTo(400);
        }
        assertThat(counter.changes).hasValue(0);
    }

    private static byte[] body(Endpoint endpoint) {
        return endpoint.reads() ? GOOD.getBytes(StandardCharsets.UTF_8) : new byte[0];
    }

    private HttpResponse<String> call(Endpoint endpoint, byte[] body, String type, String accept)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(endpoint, body, type);
        if (accept != null) {
            request.header("Accept", accept);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(Endpoint endpoint, byte[] body, String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + endpoint.path()))
                .timeout(Duration.ofSeconds(10))
                .method(
                        endpoint.method(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        return type == null ? request : request.header("Content-Type", type);
    }

    record Endpoint(String method, String path, boolean reads) {}

    record Step(int by, String note) {}

    @RestController
    static class Counter {

        private final AtomicInteger changes = new AtomicInteger();

        @GetMapping("/counter")
        Map<String, Integer> get() {
            return Map.of("changes", changes.get());
        }

        @PostMapping("/counter")
        Map<String, Integer> add(@RequestBody Step step) {
            return Map.of("changes", changes.addAndGet(step.by()));
        }

        @PutMapping("/counter")
        Map<String, Integer> put(@RequestBody Step step) {
            return Map.of("changes", changes.addAndGet(step.by()));
        }

        @PatchMapping("/counter")
        ResponseEntity<Map<String, Integer>> patch(@RequestBody Step step) {
            return ResponseEntity.ok(Map.of("changes", changes.addAndGet(step.by())));
        }

        @DeleteMapping("/counter")
        ResponseEntity<Void> delete() {
            changes.incrementAndGet();
            return ResponseEntity.noContent().build();
        }

        @PostMapping("/counter/reset")
        void reset() {
            changes.incrementAndGet();
        }
    }
}

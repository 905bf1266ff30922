package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** How an answer is sent, whatever it says. */
@SpringBootTest(
        classes = EdgeTestApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"server.address=127.0.0.1", "spring.main.banner-mode=off"})
class AnswersTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @CsvSource({"/parcels/a, 200", "/too-busy, 503", "/nothing, 404", "/fails-in-a-filter, 500"})
    void anAnswerSaysHowLongItIs(String path, int status) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValueAsLong("Content-Length"))
                .hasValue(answer.body().getBytes(StandardCharsets.UTF_8).length);
    }

    /** Whether a body is late must not be asked of those whose body is there. */
    @Test
    void aBodyInChunksIsReadAtOnce() throws Exception {
        String json = "{\"speed\":\"FAST\",\"items\":[{\"sku\":\"tea\",\"quantity\":1,\"weight\":2}]}";
        Duration fastest = Duration.ofHours(1);
        for (int i = 0; i < 10; i++) {
            long from = System.nanoTime();
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/parcels"))
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", "k")
                            .POST(HttpRequest.BodyPublishers.ofInputStream(
                                    () -> new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))))
                            .build(),
                    BodyHandlers.ofString());
            Duration took = Duration.ofNanos(System.nanoTime() - from);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        assertThat(fastest).isLessThan(Duration.ofMillis(60));
    }

    @Test
    void anAnswerLongerThanTheServersBufferIsWhole() throws Exception {
        HttpResponse<String> answer = get("/catalogue");

        assertThat(answer.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
        assertThat(answer.body()).isEqualTo("{\"text\":\"" + "z".repeat(20_000) + "\"}");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofString());
    }
}

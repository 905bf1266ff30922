package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Those who announce a body that does not come, and are refused before anybody reads it, or while it is read. */
@SpringBootTest(
        classes = EdgeTestApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "server.tomcat.connection-timeout=20s",
            "server.tomcat.threads.max=4",
            "spring.main.banner-mode=off"
        })
class RefusedBodiesTest {

    private static final int CLIENTS = 24;

    @LocalServerPort
    private int port;

    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void aBodyThatNobodyReadsIsNotTakenForTheNextRequestNorTheNextRequestForTheBody() throws Exception {
        Socket client = connect();
        send(client, "POST /nothing HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n");
        send(client, "{}GET /parcels/a HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");

        assertThat(Pattern.compile("HTTP/1\\.1 \\d+")
                        .matcher(everything(client))
                        .results())
                .extracting(MatchResult::group)
                .containsExactly("HTTP/1.1 404", "HTTP/1.1 200");
    }

    @Test
    void whoseConnectionIsClosedBecauseTheBodyDoesNotComeIsToldSo() throws Exception {
        Socket client = connect();
        send(client, "POST /refused-in-a-filter HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n");

        assertThat(everything(client)).startsWith("HTTP/1.1 403 ").containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void silentOnesDoNotHoldTheThreadsForAsLongAsAConnectionMayBeIdle() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            send(connect(), "POST /nothing HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{");
        }

        // Six for each thread. With 20 s each it would be answered after two minutes.
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/parcels/a"))
                .timeout(Duration.ofSeconds(15))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    /** Each of them may go on for ten seconds, or for twenty in silence; there is one place for four threads. */
    @ParameterizedTest
    @ValueSource(longs = {50, 400, 60_000})
    void aBodyThatIsReadAndComesAByteNowAndThenOrNotAtAllDoesNotHoldAThreadEither(long everyMillis) throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            send(
                    connect(),
                    "POST /parcels HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                            + "Idempotency-Key: k\r\nContent-Length: 1000\r\n\r\n{");
        }
        ScheduledExecutorService nudge = Executors.newSingleThreadScheduledExecutor();
        try {
            nudge.scheduleAtFixedRate(
                    () -> clients.forEach(RefusedBodiesTest::sendAByte),
                    everyMillis,
                    everyMillis,
                    TimeUnit.MILLISECONDS);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/parcels/a"))
                    .timeout(Duration.ofSeconds(8))
                    .build();

            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            nudge.shutdownNow();
        }
    }

    private static void sendAByte(Socket client) {
        try {
            send(client, " ");
        } catch (IOException closed) {
            // As it should be.
        }
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(10_000);
        clients.add(client);
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Until the server closes the connection. */
    private static String everything(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}

package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.testtokens.Issuer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** What is under {@code /actuator} is protected as all the rest, whether it has a port of its own or not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ManagementProtectionTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int DAWDLERS = 100;

    private final String[] ports;
    private Issuer users;
    private ConfigurableApplicationContext service;
    private int port;
    private Valve valve;

    ManagementProtectionTest(String... ports) {
        this.ports = ports;
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        users = new Issuer("https://users.example", "holdfast", folder.resolve("users.jwks"));
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.tomcat.threads.max=64",
                "--management.endpoints.web.exposure.include=*",
                "--spring.application.name=stock-svc",
                "--holdfast.access.users.issuer=https://users.example",
                "--holdfast.access.users.audience=holdfast",
                "--holdfast.access.users.keys=" + users.publicKeys().toUri(),
                "--holdfast.access.anonymous-rate.per-second=1000000",
                "--holdfast.access.anonymous-rate.burst=1000000"));
        arguments.addAll(List.of(ports));
        service = SpringApplication.run(Plant.class, arguments.toArray(String[]::new));
        port = Integer.parseInt(service.getEnvironment().getProperty("local.management.port", "0"));
        if (port == 0) {
            port = Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
        }
        valve = service.getBean(Valve.class);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    int mainPort() {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }

    int managementPort() {
        return port;
    }

    @Test
    void anOperatorTurnsTheValve() throws Exception {
        int before = valve.turned.get();

        HttpResponse<String> answer = post("{\"by\":\"3\",\"because\":\"a test\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(valve.turned).hasValue(before + 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"by\":\"1\",\"by\":\"2\"}",
                "{\"by\":\"1\",\"because\":\"a\",\"because\":\"b\"}",
                "{\"by\":\"1\",\"becuase\":\"a typo\"}",
                "{\"by\":\"1\"}{\"by\":\"2\"}",
                "{\"by\":\"1\"",
                "[]",
                "{\"by\":\"\\ud800\"}",
            })
    void aBodyThatIsNotExactlyAsDescribedIsRefusedBeforeAnyEffect(String body) throws Exception {
        int before = valve.turned.get();

        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertProblem(answer);
        assertThat(valve.turned).hasValue(before);
    }

    @Test
    void anUnknownMemberIsNamed() throws Exception {
        assertThat(post("{\"by\":\"1\",\"becuase\":\"a typo\"}").body())
                .contains("\"code\":\"invalid-request\"", "\"field\":\"becuase\"");
    }

    @Test
    void anUnknownParameterOfAWriteIsRefusedAndOfAReadIsNot() throws Exception {
        int before = valve.turned.get();

        assertThat(send(request("/actuator/valve/main?bye=1")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"by\":\"1\"}")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(valve.turned).hasValue(before);
        assertThat(send(request("/actuator/valve?bye=1")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "nonsense", "identity, gzip"})
    void anEncodedBodyIsRefusedAsAMediaTypeThatIsNotTaken(String encoding) throws Exception {
        int before = valve.turned.get();

        HttpResponse<String> answer = send(request("/actuator/valve/main")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(gzipped("{\"by\":\"1\"}"))));

        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.headers().firstValue("Accept-Encoding")).hasValue("identity");
        assertProblem(answer);
        assertThat(valve.turned).hasValue(before);
    }

    @Test
    void aBodyThatIsAnnouncedToBeTooLargeIsRefused() throws Exception {
        HttpResponse<String> answer = post("{\"by\":\"1\",\"because\":\"" + "x".repeat(70_000) + "\"}");

        assertThat(answer.statusCode()).isEqualTo(413);
        assertProblem(answer);
    }

    @Test
    void identityAndRightsComeBeforeTheBody() throws Exception {
        assertThat(HTTP.send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/valve/main"))
                                        .header("Content-Encoding", "gzip")
                                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(longs = {50, 150, 400, 60_000})
    void aHundredWhoSendAByteNowAndThenOrNeverHoldUpNobody(long everyMillis) throws Exception {
        String head = "POST /actuator/valve/main HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + users.token("olga", "operator") + "\r\nX-Reason: a test\r\n"
                + "Content-Length: 20000\r\n\r\n{";
        List<Socket> dawdlers = new ArrayList<>();
        ScheduledExecutorService nudge = Executors.newSingleThreadScheduledExecutor();
        try {
            health();
            post("{\"by\":\"0\"}");
            for (int i = 0; i < DAWDLERS; i++) {
                Socket dawdler = new Socket(InetAddress.getLoopbackAddress(), port);
                dawdler.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
                dawdlers.add(dawdler);
            }
            nudge.scheduleAtFixedRate(
                    () -> dawdlers.forEach(ManagementProtectionTest::sendAByte),
                    everyMillis,
                    everyMillis,
                    TimeUnit.MILLISECONDS);
            for (int i = 0; i < 10; i++) {
                long from = System.nanoTime();
                assertThat(health()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofMillis(500));
            }
        } finally {
            nudge.shutdownNow();
            for (Socket dawdler : dawdlers) {
                dawdler.close();
            }
        }
    }

    @Test
    void whatTheServerItselfRefusesIsAProblem() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /actuator/health/[ HTTP/1.1\r\nHost: a b\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json", "\"traceId\"");
        }
    }

    private static void sendAByte(Socket socket) {
        try {
            socket.getOutputStream().write(' ');
        } catch (IOException closed) {
            // As it should be.
        }
    }

    private int health() throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static void assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.headers().firstValue("X-Trace-Id")).isPresent();
        assertThat(answer.body()).contains("\"traceId\"", "\"code\"");
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return send(request("/actuator/valve/main")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + users.token("olga", "operator"))
                .header("X-Reason", "a test");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] gzipped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Endpoint(id = "valve")
    static class Valve {

        private final AtomicInteger turned = new AtomicInteger();

        @ReadOperation
        public int turned() {
            return turned.get();
        }

        @WriteOperation
        public int turn(@Selector String which, int by, @Nullable String because) {
            return turned.addAndGet(by);
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plant {

        @Bean
        AccessRules accessRules() {
            return new AccessRules();
        }

        @Bean
        Valve valve() {
            return new Valve();
        }
    }
}

package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import io.holdfast.edge.testtokens.Issuer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springdoc.core.service.OpenAPIService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Those who bring no token, or one that is for something else: what they may cost. */
@ExtendWith(OutputCaptureExtension.class)
class AnonymousCallersTest {

    private static final String PEOPLE = "https://people.example";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Issuer people;
    private static Issuer orders;
    private static ConfigurableApplicationContext service;
    private static String url;

    @BeforeAll
    static void start() {
        people = new Issuer(PEOPLE, "holdfast", folder.resolve("people.jwks"));
        orders = new Issuer("order-svc", "stock-svc", folder.resolve("orders.jwks"));
        service = run("--holdfast.access.anonymous-rate.per-second=20", "--holdfast.access.anonymous-rate.burst=40");
        url = urlOf(service);
    }

    private static ConfigurableApplicationContext run(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.tomcat.threads.max=64",
                "--spring.application.name=stock-svc",
                "--holdfast.access.users.issuer=" + PEOPLE,
                "--holdfast.access.users.audience=holdfast",
                "--holdfast.access.users.keys=" + people.publicKeys().toUri(),
                "--holdfast.access.callers.order-svc=" + orders.publicKeys().toUri()));
        arguments.addAll(List.of(more));
        return SpringApplication.run(Shop.class, arguments.toArray(String[]::new));
    }

    private static String urlOf(ConfigurableApplicationContext service) {
        return "http://127.0.0.1:"
                + ((WebServerApplicationContext) service).getWebServer().getPort();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aThousandLanguagesLeaveOneDescriptionOfTheInterface() throws Exception {
        try (ConfigurableApplicationContext other = run("--holdfast.access.anonymous-rate.per-second=100000")) {
            String body = null;
            for (int i = 0; i < 1_000; i++) {
                String tag = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26 % 26) + "-" + (100 + i % 900);
                HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(urlOf(other) + "/v3/api-docs"))
                        .header("Accept-Language", tag));
                assertThat(answer.statusCode()).as(tag).isIn(200, 429);
                body = answer.statusCode() == 200 ? answer.body() : body;
            }

            assertThat(body).contains("/things/{id}");
            assertThat((Map<?, ?>) ReflectionTestUtils.getField(other.getBean(OpenAPIService.class), "cachedOpenAPI"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v3/api-docs", "/actuator/health"})
    void whatNeedsNoTokenHasARateOfItsOwn(String path) throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            answers.add(send(HttpRequest.newBuilder(URI.create(url + path))
                    .header("X-Forwarded-For", "10.0.0." + i)
                    .header("User-Agent", "agent-" + i)));
        }

        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(refused).hasSizeGreaterThan(20).allSatisfy(answer -> {
            assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isPositive();
            assertThat(answer.body()).contains("\"code\":\"too-many-requests\"");
        });
        // Whoever has a token does not feel it.
        assertThat(call("GET", "/things/1", people.token("alice", "buyer")).statusCode())
                .isEqualTo(200);
        await().untilAsserted(() -> assertThat(
                        send(HttpRequest.newBuilder(URI.create(url + path))).statusCode())
                .isEqualTo(200));
    }

    @Test
    void aHundredWhoSendAByteNowAndThenHoldUpNobody() throws Exception {
        List<Socket> dawdlers = new ArrayList<>();
        ScheduledExecutorService nudge = Executors.newSingleThreadScheduledExecutor();
        try {
            byte[] head = ("POST /things HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 20000\r\n\r\n{")
                    .getBytes(StandardCharsets.ISO_8859_1);
            String alice = people.token("alice", "buyer");
            call("GET", "/things/1", alice);
            for (int i = 0; i < 100; i++) {
                Socket dawdler = new Socket(
                        InetAddress.getLoopbackAddress(), URI.create(url).getPort());
                dawdler.getOutputStream().write(head);
                dawdlers.add(dawdler);
            }
            nudge.scheduleAtFixedRate(
                    () -> dawdlers.forEach(AnonymousCallersTest::sendAByte), 0, 150, TimeUnit.MILLISECONDS);
            for (int i = 0; i < 10; i++) {
                long from = System.nanoTime();
                assertThat(call("GET", "/things/1", alice).statusCode()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofMillis(500));
            }
        } finally {
            nudge.shutdownNow();
            for (Socket dawdler : dawdlers) {
                dawdler.close();
            }
        }
    }

    private static void sendAByte(Socket socket) {
        try {
            socket.getOutputStream().write(' ');
        } catch (IOException closed) {
            // As it should be.
        }
    }

    @Test
    void aRefusalIsAShortLineAndAFloodOfThemIsCountedInstead(CapturedOutput output) throws Exception {
        MeterRegistry metrics = service.getBean(MeterRegistry.class);
        double before = refused(metrics);
        String target = "/things/" + "x".repeat(5_000);
        for (int i = 0; i < 300; i++) {
            assertThat(call("GET", target, "").statusCode()).isEqualTo(401);
        }

        assertThat(refused(metrics) - before).isEqualTo(300);
        List<String> lines = output.getOut()
                .lines()
                .filter(line -> line.contains("401 GET /things/xxx"))
                .toList();
        assertThat(lines).isNotEmpty().hasSizeLessThan(150).allSatisfy(line -> assertThat(line)
                .hasSizeLessThan(700));
    }

    private static double refused(MeterRegistry metrics) {
        return metrics.find("holdfast.access.refused").tag("status", "401").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void aMonitorReadsWhatIsUnderActuatorAndNothingElse() throws Exception {
        String monitor = people.token("prometheus", "monitor");

        assertThat(call("GET", "/actuator/prometheus", monitor).statusCode()).isEqualTo(200);
        assertThat(call("HEAD", "/actuator/prometheus", monitor).statusCode()).isEqualTo(200);
        for (String changing : new String[] {"POST", "PUT", "PATCH", "DELETE"}) {
            assertThat(call(changing, "/actuator/prometheus", monitor).statusCode())
                    .isEqualTo(403);
        }
        assertThat(call("GET", "/things/1", monitor).statusCode()).isEqualTo(403);
        assertThat(call("POST", "/things", monitor).statusCode()).isEqualTo(403);
        assertThat(call("POST", "/internal/things", monitor).statusCode()).isEqualTo(401);

        assertThat(call("GET", "/actuator/prometheus", people.token("alice", "buyer"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(call("DELETE", "/actuator/prometheus", people.token("olga", "operator"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTokenOfAPersonThatNamesTheServiceIsTakenAndOneForAllIsCountedAndWarnedOf(CapturedOutput output)
            throws Exception {
        MeterRegistry metrics = service.getBean(MeterRegistry.class);
        String forUs = token(List.of("stock-svc"));
        double before = shared(metrics);

        assertThat(call("GET", "/things/1", forUs).statusCode()).isEqualTo(200);
        assertThat(call("GET", "/things/1", token(List.of("payment-svc", "stock-svc", "holdfast")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(shared(metrics)).isEqualTo(before);
        assertThat(call("GET", "/things/1", token(List.of("payment-svc"))).statusCode())
                .isEqualTo(401);

        assertThat(call("GET", "/things/1", token(List.of("holdfast"))).statusCode())
                .isEqualTo(200);
        assertThat(shared(metrics)).isEqualTo(before + 1);
        assertThat(output.getOut()).containsOnlyOnce("holdfast.access.users.shared-audience=false");
    }

    @Test
    void onceTheAudienceThatAllShareIsSwitchedOffATokenHasToNameTheService() throws Exception {
        try (ConfigurableApplicationContext strict = run("--holdfast.access.users.shared-audience=false")) {
            String address = urlOf(strict) + "/things/1";

            assertThat(send(bearing(token(List.of("holdfast")), address)).statusCode())
                    .isEqualTo(401);
            assertThat(send(bearing(token(List.of("stock-svc")), address)).statusCode())
                    .isEqualTo(200);
        }
    }

    private static double shared(MeterRegistry metrics) {
        return metrics.find("holdfast.access.shared.audience").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static String token(List<String> audience) {
        return people.token(
                claims -> claims.subject("alice").claim("roles", "buyer").audience(audience));
    }

    @Test
    void aServicesTokenThatLivesTooLongIsNotTaken() throws Exception {
        Instant now = Instant.now();

        assertThat(internal(now, now.plusSeconds(600))).isEqualTo(200);
        assertThat(internal(now, now.plusSeconds(601))).isEqualTo(401);
        assertThat(internal(now.minusSeconds(86_400), now.plusSeconds(10))).isEqualTo(401);
        assertThat(internal(now.plusSeconds(3_600), now.plusSeconds(3_700))).isEqualTo(401);
        assertThat(internal(null, now.plusSeconds(600))).isEqualTo(401);
    }

    private static int internal(Instant made, Instant ends) throws IOException, InterruptedException {
        String token = orders.token(claims -> claims.subject("order-svc")
                .issueTime(made == null ? null : Date.from(made))
                .expirationTime(Date.from(ends)));
        return call("POST", "/internal/things", token).statusCode();
    }

    @Test
    void whoeverMayGetMayHeadAndNobodyElse() throws Exception {
        String alice = people.token("alice", "buyer");

        HttpResponse<String> head = call("HEAD", "/things/1", alice);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(call("GET", "/things/1", alice).body().length());
        assertThat(call("HEAD", "/things/1", "").statusCode()).isEqualTo(401);
        assertThat(call("HEAD", "/things", people.token("olga", "operator")).statusCode())
                .isEqualTo(405);
    }

    @Test
    void aBrowserThatAsksForAPageOfAnotherOriginIsNotAskedForAToken() throws Exception {
        try (ConfigurableApplicationContext open = run("--holdfast.edge.cors.allowed-origins=https://shop.example")) {
            String answer = exchange(
                    open,
                    "OPTIONS /things HTTP/1.1\r\nHost: here\r\nOrigin: https://shop.example\r\n"
                            + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example");
            // A page has to be able to read why it was refused.
            assertThat(exchange(open, "GET /things/1 HTTP/1.1\r\nHost: here\r\nOrigin: https://shop.example\r\n"))
                    .startsWith("HTTP/1.1 401")
                    .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example");
        }
    }

    @Test
    void identityAndRightsComeBeforeTypesAndSize() throws Exception {
        String huge = "x".repeat(100_000);
        AtomicInteger made = service.getBean(Shop.class).made;
        int before = made.get();

        assertThat(post("", "application/yaml", "text/html", huge)).isEqualTo(401);
        assertThat(post(people.token("alice", "buyer"), "application/yaml", "text/html", huge))
                .isEqualTo(403);
        String olga = people.token("olga", "operator");
        assertThat(post(olga, "application/yaml", "text/html", huge)).isEqualTo(406);
        assertThat(post(olga, "application/yaml", "application/json", huge)).isEqualTo(415);
        assertThat(post(olga, "application/json", "application/json", huge)).isEqualTo(413);
        assertThat(made).hasValue(before);
    }

    private static int post(String token, String type, String accept, String body)
            throws IOException, InterruptedException {
        return send(bearing(token, url + "/things")
                        .header("Content-Type", type)
                        .header("Accept", accept)
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .statusCode();
    }

    @Test
    void noOddRequestIsAFailure() throws Exception {
        String olga = "Authorization: Bearer " + people.token("olga", "operator") + "\r\nX-Reason: a test\r\n";
        Set<String> failures = IntStream.range(0, 2)
                .mapToObj(i -> i == 0 ? "" : olga)
                .flatMap(token -> List.of(
                                "/things/%00",
                                "/things/%zz",
                                "/things/%ff",
                                "/things/a%2fb",
                                "/things/a%5cb",
                                "/things/a;b=c",
                                "/things/..;/x",
                                "//things/a",
                                "/things/%0d%0a",
                                "/things/a?x=%zz",
                                "/things/%F0%9F%92%A9",
                                "/actuator/health/..",
                                "/v3/api-docs/%00",
                                "/v3/api-docs/none",
                                "/v3/api-docs.xml",
                                "/swagger-ui/../x",
                                "/swagger-ui/%2e%2e%2f",
                                "/swagger-ui/none.js",
                                "/internal/%zz",
                                "*")
                        .stream()
                        .flatMap(path ->
                                List.of("GET", "HEAD", "POST", "TRACE", "CONNECT", "FOO", "OPTIONS", "PATCH").stream()
                                        .map(method -> method + " " + path + " HTTP/1.1\r\nHost: here\r\n" + token)))
                // 501 is what a server says that is no proxy.
                .filter(request -> exchange(service, request).matches("(?s)HTTP/1.1 5(?!01).*"))
                .collect(Collectors.toSet());

        assertThat(failures).isEmpty();
    }

    private static String exchange(ConfigurableApplicationContext service, String head) {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(urlOf(service)).getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException(head, e);
        }
    }

    private static HttpResponse<String> call(String method, String path, String token)
            throws IOException, InterruptedException {
        return send(bearing(token, url + path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private static HttpRequest.Builder bearing(String token, String address) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address)).header("X-Reason", "a test");
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        private final AtomicInteger made = new AtomicInteger();

        @Bean
        static AccessRules accessRules() {
            return new AccessRules()
                    .allow(HttpMethod.GET, "/things/{id}", Role.BUYER, Role.OPERATOR)
                    .allow(HttpMethod.POST, "/things", Role.OPERATOR);
        }

        @Bean
        static MeterRegistry meterRegistry() {
            return new SimpleMeterRegistry();
        }

        @GetMapping("/things/{id}")
        Map<String, String> thing(@PathVariable String id) {
            return Map.of("id", id);
        }

        @PostMapping("/things")
        Map<String, Integer> newThing() {
            return Map.of("made", made.incrementAndGet());
        }

        @PostMapping("/internal/things")
        Map<String, String> internal() {
            return Map.of("tried", "yes");
        }

        @GetMapping("/actuator/prometheus")
        Map<String, String> metrics() {
            return Map.of();
        }

        @DeleteMapping("/actuator/prometheus")
        Map<String, String> forget() {
            return Map.of();
        }

        @GetMapping("/actuator/health")
        Map<String, String> health() {
            return Map.of("status", "UP");
        }
    }
}

package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.access.Role;
import io.holdfast.edge.testtokens.Issuer;
import io.holdfast.edge.testtokens.RawRequest;
import io.holdfast.edge.token.ServiceTokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@ExtendWith(OutputCaptureExtension.class)
class AccessTest {

    private static final String PEOPLE = "https://people.example";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Issuer people;
    private static Issuer orders;
    private static ConfigurableApplicationContext service;
    private static String url;

    @BeforeAll
    static void start() throws IOException {
        people = new Issuer(PEOPLE, "holdfast", folder.resolve("people.jwks"));
        orders = new Issuer("order-svc", "stock-svc", folder.resolve("orders.jwks"));
        Path ownKey = folder.resolve("own.jwk");
        Files.writeString(
                ownKey,
                new Issuer("stock-svc", "any", folder.resolve("own.jwks")).key().toJSONString());
        service = SpringApplication.run(
                Shop.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.application.name=stock-svc",
                "--holdfast.access.users.issuer=" + PEOPLE,
                "--holdfast.access.users.audience=holdfast",
                "--holdfast.access.users.keys=" + people.publicKeys().toUri(),
                "--holdfast.access.callers.order-svc=" + orders.publicKeys().toUri(),
                "--holdfast.access.identity.key=" + ownKey.toUri(),
                "--holdfast.access.buyer-rate.per-second=20",
                "--holdfast.access.buyer-rate.burst=20");
        url = "http://127.0.0.1:"
                + ((WebServerApplicationContext) service).getWebServer().getPort();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    static Stream<String> badTokensOfABuyer() {
        UnaryOperator<JWTClaimsSet.Builder> alice =
                claims -> claims.subject("alice").claim("roles", "buyer");
        Date past = Date.from(Instant.now().minusSeconds(60));
        return Stream.of(
                "",
                "nonsense",
                "a.b.c",
                people.unsigned(alice),
                people.signedWithPublicKeyAsSecret(alice),
                people.signedByStranger(alice),
                people.token(claims -> alice.apply(claims).expirationTime(past)),
                people.token(claims -> alice.apply(claims).expirationTime(null)),
                people.token(claims -> alice.apply(claims)
                        .notBeforeTime(Date.from(Instant.now().plusSeconds(600)))),
                people.token(claims -> alice.apply(claims).audience("another-platform")),
                people.token(claims -> alice.apply(claims).issuer("https://elsewhere.example")),
                people.token(claims -> claims.claim("roles", "buyer")),
                tampered(people.token(alice)));
    }

    @ParameterizedTest
    @MethodSource("badTokensOfABuyer")
    void aTokenThatIsMissingOrNotValidIsRefusedAndTheReasonIsNotTold(String token) throws Exception {
        HttpResponse<String> answer = call("GET", "/things/1", token);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body())
                .contains("\"code\":\"unauthenticated\"", "\"traceId\"")
                .doesNotContain("Jwt", "expired");
    }

    @Test
    void aBuyerMayDoWhatTheRulesAllowBuyersAndNoMore() throws Exception {
        String alice = people.token("alice", "buyer");

        assertThat(call("GET", "/things/1", alice).body()).isEqualTo("1 for alice");
        HttpResponse<String> refused = call("POST", "/things", alice);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("\"code\":\"forbidden\"");
    }

    @Test
    void theConnectionOfARefusedRequestServesTheNextOne() throws Exception {
        String request = "POST /things HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}";
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.setSoTimeout(10_000);
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
                        .isEqualTo("HTTP/1.1 401");
                skipTo("}", socket.getInputStream());
            }
        }
    }

    private static void skipTo(String end, InputStream in) throws IOException {
        int read;
        do {
            read = in.read();
        } while (read >= 0 && read != end.charAt(0));
    }

    @Test
    void anEndpointThatNoRuleNamesIsNotThereEvenForAnOperator() throws Exception {
        HttpResponse<String> answer = call("GET", "/forgotten", people.token("olga", "operator"));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"code\":\"not-found\"").doesNotContain("open");
    }

    @Test
    void aMethodThatNoRuleNamesIsToldTheOnesThatAre() throws Exception {
        HttpResponse<String> answer = call("DELETE", "/things/1", people.token("olga", "operator"));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void anInternalEndpointTakesTheCallersTokenForThisServiceOnly() throws Exception {
        UnaryOperator<JWTClaimsSet.Builder> self = claims -> claims.subject("order-svc");

        assertThat(call("POST", "/internal/things", orders.token(self)).statusCode())
                .isEqualTo(200);
        assertThat(call("POST", "/internal/things", "").statusCode()).isEqualTo(401);
        assertThat(call("POST", "/internal/things", people.token("olga", "operator"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(call("POST", "/internal/things", people.token("eve", "service"))
                        .statusCode())
                .isEqualTo(401);
        String forPayment = orders.token(claims -> self.apply(claims).audience("payment-svc"));
        assertThat(call("POST", "/internal/things", forPayment).statusCode()).isEqualTo(401);
        assertThat(call("POST", "/internal/things", orders.signedByStranger(self))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aServiceTokenOpensNoPublicEndpointAndARoleOfServiceNone() throws Exception {
        assertThat(call("GET", "/things/1", orders.token(claims -> claims.subject("order-svc")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(call("GET", "/things/1", people.token("eve", "service")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aRotatedKeyIsTakenWithoutARestartAndTheOldOneNoMore() {
        String before = people.token("alice", "buyer");
        assertThat(call0("GET", "/things/1", before).statusCode()).isEqualTo(200);

        people.rotate();

        String after = people.token("alice", "buyer");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(call("GET", "/things/1", after).statusCode()).isEqualTo(200));
        assertThat(call0("GET", "/things/1", before).statusCode()).isEqualTo(401);
    }

    @Test
    void aBuyerWhoCallsTooFastIsAskedToWaitAndOthersAreNot() throws Exception {
        String bob = people.token("bob", "buyer");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/things/1"))
                .header("Authorization", "Bearer " + bob)
                .build();
        // All at once: one after the other they would be slow enough on a busy machine.
        List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 60)
                .mapToObj(i -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .toList();
        List<HttpResponse<String>> answers =
                calls.stream().map(CompletableFuture::join).toList();

        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(refused).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.headers().firstValueAsLong("Retry-After")).hasValue(1);
            assertThat(answer.body()).contains("\"code\":\"too-many-requests\"");
        });
        assertThat(call("GET", "/things/1", people.token("carol", "buyer")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatAnOperatorDoesIsAuditedAndAReasonCannotForgeALine(CapturedOutput output) throws Exception {
        String olga = people.token("olga", "operator");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/things"))
                .header("Authorization", "Bearer " + olga)
                .header("X-Reason", "goods \"in\" who=eve")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        String traceId = answer.headers().firstValue("X-Trace-Id").orElseThrow();
        // The line is written when the answer is on its way already.
        await().untilAsserted(() -> assertThat(output)
                .contains("who=olga what=\"POST /things\" reason=\"goods ?in? who=eve\" status=200 request=" + traceId)
                .doesNotContain(olga));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a%0Awho=eve", "%E3%80%80"})
    void anOperatorsChangeWithoutAReasonThatCanBeReadIsRefusedBeforeAnyEffect(String reason) throws Exception {
        int before = Shop.MADE.get();

        HttpResponse<String> refused = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/things"))
                        .header("Authorization", "Bearer " + people.token("olga", "operator"))
                        .header("X-Reason", reason)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(refused.body()).contains("\"code\":\"reason-invalid\"", "X-Reason");
        assertThat(Shop.MADE).hasValue(before);
    }

    @Test
    void anOperatorsChangeNeedsAReasonAndItsReadNone() throws Exception {
        String olga = people.token("olga", "operator");
        int before = Shop.MADE.get();

        HttpResponse<String> refused = call("POST", "/things", olga);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"code\":\"reason-missing\"");
        assertThat(Shop.MADE).hasValue(before);
        assertThat(call("GET", "/things/1", olga).statusCode()).isEqualTo(200);
    }

    @Test
    void twoReasonsAreRefusedAndSoIsOneWhoseBytesAreNoText() {
        String olga = people.token("olga", "operator");
        int port = URI.create(url).getPort();
        int before = Shop.MADE.get();

        assertThat(RawRequest.of("POST", "/things")
                        .header("Authorization", "Bearer " + olga)
                        .header("X-Reason", "one")
                        .header("X-Reason", "another")
                        .send(port, "")
                        .text())
                .contains("reason-invalid");
        assertThat(RawRequest.of("POST", "/things")
                        .header("Authorization", "Bearer " + olga)
                        .header("X-Reason", new byte[] {'a', (byte) 0x96, 'b'})
                        .send(port, "")
                        .status())
                .isEqualTo(400);
        assertThat(Shop.MADE).hasValue(before);
    }

    @Test
    void noLevelOfALoggerSilencesTheAudit(CapturedOutput output) throws Exception {
        LoggingSystem logging = service.getBean(LoggingSystem.class);
        try {
            logging.setLogLevel("ROOT", LogLevel.OFF);
            logging.setLogLevel("io.holdfast", LogLevel.WARN);
            logging.setLogLevel("io.holdfast.audit", LogLevel.OFF);
            HTTP.send(
                    HttpRequest.newBuilder(URI.create(url + "/things"))
                            .header("Authorization", "Bearer " + people.token("quiet-olga", "operator"))
                            .header("X-Reason", "unheard of")
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            await().untilAsserted(() -> assertThat(output).contains("who=quiet-olga what=\"POST /things\""));
        } finally {
            logging.setLogLevel("ROOT", LogLevel.INFO);
            logging.setLogLevel("io.holdfast", null);
        }
    }

    @Test
    void aTokenForAnotherServiceIsMadeOnceAndTakenThere() throws Exception {
        ServiceTokens tokens = service.getBean(ServiceTokens.class);

        String token = tokens.tokenFor("payment-svc");

        assertThat(tokens.tokenFor("payment-svc")).isEqualTo(token);
        var claims = SignedJWT.parse(token).getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("stock-svc");
        assertThat(claims.getAudience()).containsExactly("payment-svc");
        assertThat(claims.getExpirationTime()).isBefore(Date.from(Instant.now().plusSeconds(61)));
    }

    private static String tampered(String token) {
        String[] parts = token.split("\\.");
        String operator = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("buyer", "operator");
        return parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(operator.getBytes(StandardCharsets.UTF_8))
                + "." + parts[2];
    }

    private static HttpResponse<String> call(String method, String path, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> call0(String method, String path, String token) {
        try {
            return call(method, path, token);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        static final AtomicInteger MADE = new AtomicInteger();

        @Bean
        AccessRules accessRules() {
            return new AccessRules()
                    .allow(HttpMethod.GET, "/things/{id}", Role.BUYER, Role.OPERATOR)
                    .allow(HttpMethod.POST, "/things", Role.OPERATOR);
        }

        @GetMapping("/things/{id}")
        String thing(@PathVariable String id) {
            return id + " for " + AuthenticatedCaller.current().subject();
        }

        @PostMapping("/things")
        String newThing() {
            MADE.incrementAndGet();
            return "made";
        }

        @GetMapping("/forgotten")
        String forgotten() {
            return "open";
        }

        @PostMapping("/internal/things")
        String internal() {
            return "tried";
        }
    }
}

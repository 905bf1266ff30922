package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.edge.testtokens.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** An issuer of which nothing but its address is set, and whose tokens look as those of a common product do. */
class AnyOidcIssuerTest {

    /** Of the issuer's keys, at least. */
    private static final Duration BETWEEN_READS = Duration.ofSeconds(1);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static final AtomicInteger keysRead = new AtomicInteger();
    private static HttpServer server;
    private static Issuer issuer;
    private static ConfigurableApplicationContext service;
    private static String url;
    private static volatile boolean away = true;

    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/shop";
        issuer = new Issuer(address, "holdfast", folder.resolve("issuer.jwks"));
        server.createContext(
                "/realms/shop/.well-known/openid-configuration",
                exchange ->
                        answer(exchange, "{\"issuer\":\"" + address + "\",\"jwks_uri\":\"" + address + "/certs\"}"));
        server.createContext("/realms/shop/certs", exchange -> {
            keysRead.incrementAndGet();
            answer(exchange, Files.readString(issuer.publicKeys()));
        });
        server.start();
        service = SpringApplication.run(
                AccessTest.Shop.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.application.name=stock-svc",
                "--holdfast.access.users.issuer=" + address,
                "--holdfast.access.users.audience=holdfast",
                "--holdfast.access.users.keys=",
                "--holdfast.access.users.subject-claim=preferred_username",
                "--holdfast.access.users.roles-claim=realm_access.roles");
        url = "http://127.0.0.1:"
                + ((WebServerApplicationContext) service).getWebServer().getPort();
    }

    @AfterAll
    static void stop() {
        service.close();
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(away ? 503 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void itsKeysAreFoundWhenItIsThereAndAFloodOfUnknownKeysIsNotPassedOnToIt() throws Exception {
        HttpResponse<String> early = call(token());
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).contains("\"code\":\"unavailable\"").doesNotContain("realms", "Exception");

        away = false;
        // Not at once: it is not asked again for a moment.
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(call(token()).body()).isEqualTo("1 for alice"));
        int read = keysRead.get();
        long from = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            assertThat(call(issuer.signedUnderUnknownKeyId(claims -> claims.subject("x")))
                            .statusCode())
                    .isEqualTo(401);
        }
        // However long these calls took.
        long pauses = (System.nanoTime() - from) / BETWEEN_READS.toNanos();
        assertThat((long) keysRead.get() - read).isLessThanOrEqualTo(1 + pauses);

        issuer.rotate();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(call(token()).statusCode()).isEqualTo(200));
    }

    private static String token() {
        return issuer.token(claims -> claims.subject("4711")
                .claim("preferred_username", "alice")
                .claim("realm_access", Map.of("roles", List.of("offline_access", "buyer"))));
    }

    private static HttpResponse<String> call(String token) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/things/1"))
                        .header("Authorization", "Bearer " + token)
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}

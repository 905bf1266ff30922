package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

class CrossOriginTest {

    private ConfigurableApplicationContext service;

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void withoutConfigurationNoPageOfAnotherOriginMayCallAndItIsToldWhy() throws Exception {
        start();

        assertThat(preflight("https://shop.example", "POST", "content-type"))
                .startsWith("HTTP/1.1 403")
                .contains("\"code\":\"cross-origin-refused\"", "holdfast.edge.cors")
                .doesNotContainIgnoringCase("Access-Control-Allow");
        // Who is no browser, or one behind a proxy that goes by another name, is served as ever.
        assertThat(exchange("GET /parcels/a HTTP/1.1\r\nOrigin: https://shop.example\r\n"))
                .startsWith("HTTP/1.1 200")
                .doesNotContainIgnoringCase("Access-Control-Allow");
    }

    @Test
    void aPageOfANamedOriginIsToldWhatItMayDo() throws Exception {
        start("--holdfast.edge.cors.allowed-origins=https://shop.example,http://localhost:3000");

        assertThat(preflight("https://shop.example", "POST", "content-type, idempotency-key, authorization"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example")
                .containsIgnoringCase("Access-Control-Max-Age: 600")
                .containsIgnoringCase("Vary: Origin")
                .doesNotContainIgnoringCase("Access-Control-Allow-Credentials");
        assertThat(exchange("GET /parcels/a HTTP/1.1\r\nOrigin: http://localhost:3000\r\n"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("Access-Control-Allow-Origin: http://localhost:3000")
                .containsIgnoringCase("Access-Control-Expose-Headers: ETag, Location, Retry-After, X-Trace-Id");
        assertThat(exchange("GET /nothing HTTP/1.1\r\nOrigin: http://localhost:3000\r\n"))
                .startsWith("HTTP/1.1 404")
                .containsIgnoringCase("Access-Control-Allow-Origin: http://localhost:3000");
    }

    @Test
    void onceOriginsAreNamedOthersAreRefusedBeforeAnythingIsDone() throws Exception {
        start("--holdfast.edge.cors.allowed-origins=https://shop.example");

        for (String other : new String[] {"https://evil.example", "http://shop.example", "null", "nonsense"}) {
            assertThat(preflight(other, "POST", "content-type")).startsWith("HTTP/1.1 403");
            assertThat(exchange("GET /parcels/a HTTP/1.1\r\nOrigin: " + other + "\r\n"))
                    .startsWith("HTTP/1.1 403")
                    .contains("cross-origin-refused");
        }
        assertThat(preflight("https://shop.example", "TRACE", "content-type")).startsWith("HTTP/1.1 403");
        assertThat(preflight("https://shop.example", "POST", "x-secret")).startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allowed-origins=shop.example",
                "allowed-origins=https://shop.example/",
                "allowed-origins=https://shop.example/path",
                "allowed-origins=https://*.example",
                "allowed-origins=ftp://shop.example",
                "allowed-origins=https://shop.example,*",
                "allowed-methods=Get it",
                "allowed-headers=a b",
                "exposed-headers=a:b",
                "max-age=-1s",
                "max-age=2d"
            })
    void whatAllowsSomethingElseThanItSeemsToStopsTheStart(String setting) {
        new WebApplicationContextRunner()
                .withConfiguration(EdgeAutoConfigurations.withJackson())
                .withPropertyValues("holdfast.edge.cors." + setting)
                .run(context -> assertThat(context).hasFailed());
    }

    private void start(String... arguments) {
        SpringApplication application = new SpringApplication(EdgeTestApplication.class);
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--server.port=0";
        all[arguments.length + 1] = "--server.address=127.0.0.1";
        service = application.run(all);
    }

    private String preflight(String origin, String method, String headers) throws IOException {
        return exchange("OPTIONS /parcels HTTP/1.1\r\nOrigin: " + origin + "\r\nAccess-Control-Request-Method: "
                + method + "\r\nAccess-Control-Request-Headers: " + headers + "\r\n");
    }

    private String exchange(String head) throws IOException {
        int port = ((WebServerApplicationContext) service).getWebServer().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((head + "Host: here\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}

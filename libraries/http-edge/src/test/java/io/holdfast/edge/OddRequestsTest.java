package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Whatever the caller did wrong, it is never taken for a fault of the service's own. */
@SpringBootTest(
        classes = EdgeTestApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"server.address=127.0.0.1", "spring.main.banner-mode=off", "server.tomcat.connection-timeout=2s"})
class OddRequestsTest {

    @LocalServerPort
    private int port;

    static Stream<String> oddTargets() {
        String long64k = "9".repeat(6_000);
        return Stream.of(
                "/parcels/%",
                "/parcels/%4",
                "/parcels/%zz",
                "/parcels/%00",
                "/parcels/a%00b",
                "/parcels/%c0%80",
                "/parcels/%ff%fe",
                "/parcels/%ed%a0%80",
                "/parcels/a%2fb",
                "/parcels/a%5cb",
                "/parcels/%2e%2e",
                "/parcels/..",
                "/parcels/.",
                "/parcels//a",
                "//parcels/a",
                "/parcels/a;page=2",
                "/parcels/a;",
                "/parcels;x=1/a",
                "/parcels/;/a",
                "/parcels/a\\b",
                "/parcels/\u00e9",
                "/parcels/a%0d%0aX: y",
                "/parcels/a%0d%0a",
                "/parcels/a?page=%",
                "/parcels/a?page=%zz",
                "/parcels/a?page=%00",
                "/parcels/a?page=%ff",
                "/parcels/a?%zz=1",
                "/parcels/a?page=1&page=2",
                "/parcels/a?page=",
                "/parcels/a?page",
                "/parcels/a?=",
                "/parcels/a?&&&",
                "/parcels/a?page=" + long64k,
                "/parcels/a?page=1e400",
                "/parcels/a?page=NaN",
                "/parcels/a?page=0x1",
                "/parcels/a?page=%F0%9F%92%A9",
                "/parcels/a?page=99999999999999999999",
                "/parcels/a?page=-2147483649",
                "/parcels/a?" + "p=1&".repeat(1_500),
                "/parcels/a?page[]=1",
                "/needs-a-parameter?speed=%zz",
                "/needs-a-parameter?speed=FAST&speed=SLOW",
                "/needs-a-parameter?speed=%00",
                "/parcels/a?[]{}|^`",
                "/parcels/a#fragment",
                "*",
                "http://elsewhere.example/parcels/a",
                "http://[::1/parcels/a",
                "parcels/a");
    }

    @ParameterizedTest
    @MethodSource("oddTargets")
    void noTargetOfARequestIsAFailure(String target) throws Exception {
        String answer = exchange("GET " + target + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");

        assertNoFailure(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE",
        "CONNECT",
        "FOO",
        "OPTIONS",
        "PROPFIND",
        "get",
        "HEAD",
        "PATCH",
        "PRI",
        "M-SEARCH",
        "DELETE",
        "PUT"
    })
    void noMethodIsAFailure(String method) throws Exception {
        for (String path : new String[] {"/parcels", "/parcels/a", "/nothing", "*", "here:80", "/error"}) {
            assertNoFailure(exchange(method + " " + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"));
            assertNoFailure(exchange(method + " " + path
                    + " HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                    + "Connection: close\r\n\r\n{}"));
        }
    }

    static Stream<String> oddHeaders() {
        return Stream.of(
                "Host: here\r\nHost: there",
                "Host: ",
                "Host: a b",
                "Host: [::1",
                "Host: here:99999",
                "Content-Type: application/json;charset=",
                "Content-Type: ;",
                "Content-Type: application/json; charset=\"",
                "Content-Type: application/json\r\nContent-Encoding: ,",
                "Content-Length: 99999999999999999999",
                "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "Content-Length: two",
                "Accept: " + "a/b,".repeat(1_500),
                "Accept: \u00ff",
                "Accept-Language: " + "de,".repeat(2_000),
                "Accept-Language: \u00ff;q=x",
                "Accept-Charset: nonsense",
                "Accept-Encoding: gzip;q=nonsense",
                "Cookie: a=\"; $Version=x",
                "If-Modified-Since: never",
                "If-None-Match: \"",
                "Range: bytes=9-1",
                "Origin: nonsense",
                "Origin: null",
                "Origin: http://[::1",
                "Origin: http://elsewhere.example:99999",
                "Access-Control-Request-Method: \u00ff\r\nOrigin: http://a.example",
                "Expect: nonsense",
                "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x",
                "X-Forwarded-For: nonsense\r\nX-Forwarded-Port: x\r\nX-Forwarded-Proto: \u00ff",
                "Forwarded: for=\";;=",
                "X-Forwarded-Host: a b",
                "X-Forwarded-Prefix: //x",
                "Authorization: \u00ff",
                "X-HTTP-Method-Override: FOO",
                "Idempotency-Key: \u00ff",
                "traceparent: \u00ff");
    }

    @ParameterizedTest
    @MethodSource("oddHeaders")
    void noHeaderIsAFailure(String headers) throws Exception {
        String host = headers.startsWith("Host") ? "" : "Host: here\r\n";
        for (String line : new String[] {"GET /parcels/a?page=1", "OPTIONS /parcels", "GET /v3/api-docs"}) {
            assertNoFailure(exchange(line + " HTTP/1.1\r\n" + host + headers + "\r\nConnection: close\r\n\r\n"));
        }
        String length = headers.startsWith("Content-Length") ? "" : "Content-Length: 2\r\n";
        assertNoFailure(exchange(
                "POST /parcels HTTP/1.1\r\n" + host + headers + "\r\n" + length + "Connection: close\r\n\r\n{}"));
    }

    @ParameterizedTest
    @CsvSource({
        "/parcels/caf%C3%A9-far-too-long, /parcels/caf%C3%A9-far-too-long",
        "/nothing/a%20b, /nothing/a%20b",
        "/nothing/%2e, /nothing/%2e",
        "//elsewhere.example/x, /.//elsewhere.example/x"
    })
    void theInstanceOfAProblemIsTheAddressAsItWasSent(String target, String instance) throws Exception {
        String answer = exchange("GET " + target + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");

        assertThat(answer).contains("\"instance\":\"" + instance + "\"");
    }

    private static void assertNoFailure(String answer) {
        // Nothing at all, or a refusal of what the server cannot do: 501 of an encoding, 505 of a version.
        assertThat(answer).doesNotStartWith("HTTP/1.1 500").doesNotStartWith("HTTP/1.1 502");
        assertThat(answer).doesNotStartWith("HTTP/1.1 503").doesNotStartWith("HTTP/1.1 504");
        assertThat(answer).doesNotContain("<html", "Exception", "org.apache", "Tomcat");
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }
}

package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** What the caller did wrong is no fault of the service, on neither of its ports. */
@OnRealDatabase
class OddRequestsTest {

    private static final List<String> LINES = List.of(
            "GET %s/%%00",
            "GET %s/%%zz",
            "GET %s/%%ff",
            "GET %s/a%%2fb",
            "GET %s/%%F0%%9F%%92%%A9",
            "GET %s/" + "x".repeat(3_000),
            "GET %s?orderId=%%zz",
            "GET %s?orderId=a&orderId=b",
            "GET %s?orderId=%%00&status=%%ff",
            "GET %s?orderId[]=",
            "GET %s?" + "a=1&".repeat(1_200),
            "HEAD %s",
            "TRACE %s",
            "FOO %s",
            "PATCH %s",
            "OPTIONS %s");

    private static final String END = " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n";

    private static final List<String> HEADERS = List.of(
            "Accept: nonsense\r\n",
            "Accept-Language: " + "de,".repeat(50) + "en\r\n",
            "Content-Type: nonsense\r\n",
            "Range: bytes=9-1\r\n");

    private final String authorization;
    private final List<Integer> ports;

    OddRequestsTest(
            @Autowired TestTokens tokens,
            @Value("${local.server.port}") int port,
            @Value("${local.management.port}") int managementPort) {
        this.authorization = "Authorization: " + tokens.authorizationFor("/accounts") + "\r\nX-Reason: a test\r\n";
        this.ports = List.of(port, managementPort);
    }

    @Test
    void noOddRequestIsAFailure() {
        List<String> failures = ports.stream()
                .flatMap(port -> Stream.of(
                                "/accounts/alice", "/payments", "/actuator/health", "/actuator/tcc", "/v3/api-docs")
                        .flatMap(path -> Stream.concat(
                                LINES.stream().map(line -> line.formatted(path) + END),
                                HEADERS.stream().map(headers -> "GET " + path + END + headers)))
                        .filter(request -> exchange(port, request).startsWith("HTTP/1.1 5"))
                        .map(request -> "%d %.120s".formatted(ports.indexOf(port), request)))
                .toList();

        assertThat(failures).isEmpty();
    }

    private String exchange(int port, String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((request + authorization + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException reset) {
            return "";
        }
    }
}

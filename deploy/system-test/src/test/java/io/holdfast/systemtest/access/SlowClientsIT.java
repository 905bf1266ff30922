package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More clients than a service has threads, each sending a byte now and then. Everybody else is served as if there were none. */
@OnThePlatform
@Order(33)
class SlowClientsIT {

    /** The web servers have 64 threads, but for that of order-svc, which has 256. */
    private static final int CLIENTS = 100;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Platform platform;
    private final List<Socket> clients = new ArrayList<>();

    SlowClientsIT(Platform platform) {
        this.platform = platform;
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"body of a buyer", "body without a token", "headers"})
    void othersAreServedWhileTheyDawdleAndTheyAreCutOff(String what) throws IOException {
        String buyer = platform.buyer(10_00);
        String sku = platform.goods(10);
        for (HoldfastService service : platform.services().toList()) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(dawdle(service, what, buyer));
            }
        }

        // Each of them is asked for a byte again and again, while others are served.
        Duration started = Duration.ofNanos(System.nanoTime());
        for (int i = 0; i < 5; i++) {
            nudge();
            Answer answer = platform.order(platform.buyer(10_00), new Platform.Line(sku, 1, 1_00));
            assertThat(answer.orderStatus()).as("%s", answer).isEqualTo("PAID");
        }
        assertThat(Duration.ofNanos(System.nanoTime()).minus(started))
                .as("five deposits and orders while %d clients dawdle at each service", CLIENTS)
                .isLessThan(Duration.ofSeconds(20));
        if (what.startsWith("body")) {
            await("all are cut off")
                    .atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        nudge();
                        return clients.stream().allMatch(SlowClientsIT::isAnswered);
                    });
        }
    }

    private Socket dawdle(HoldfastService service, String what, String buyer) throws IOException {
        URI url = URI.create(service.url());
        Socket client = new Socket(InetAddress.getByName(url.getHost()), url.getPort());
        String path = Map.of(
                        "order-svc", "/orders",
                        "stock-svc", "/stock/x/receipts",
                        "payment-svc", "/accounts/x/deposits")
                .get(service.name());
        String token = platform.stack().tokens().buyer(buyer, MINUTE);
        String head = "POST " + path + " HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                + "Idempotency-Key: " + Platform.newKey() + "\r\nContent-Length: 20000\r\n"
                + (what.equals("body of a buyer") ? "Authorization: Bearer " + token + "\r\n" : "");
        write(client, what.equals("headers") ? head + "X-Slow: " : head + "\r\n{");
        return client;
    }

    private void nudge() {
        clients.forEach(client -> write(client, " "));
    }

    private static void write(Socket client, String text) {
        try {
            client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException cutOff) {
            // As it should be; that it is answered is asserted where it matters.
        }
    }

    private static boolean isAnswered(Socket client) {
        try {
            client.setSoTimeout(1);
            return client.getInputStream().available() > 0
                    || client.getInputStream().read() < 0;
        } catch (SocketTimeoutException notYet) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}

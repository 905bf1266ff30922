package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

@OnRealDatabase
@TestPropertySource(properties = "holdfast.gateway.max-held=1")
class TooManyHeldCallsTest {

    private final Caller caller;

    TooManyHeldCallsTest(@LocalServerPort int port) {
        this.caller = new Caller(port);
    }

    @Test
    void whoFindsNoPlaceIsHungUpOnAfterItsEffectAndAPlaceThatIsFreedIsUsedAgain() throws Exception {
        String reference = Caller.fresh("order");
        String key = Caller.fresh("key");
        String body = Caller.order(reference, 10, "tok_ok");
        caller.behave("{\"operation\":\"AUTHORIZE\",\"kind\":\"LATE\",\"delayMillis\":60000,\"times\":3}");
        try (Socket first = caller.send("POST", "/charges", Caller.fresh("key"), body)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> caller.held() == 1);

            assertThat(caller.call("POST", "/charges", key, body, Duration.ofSeconds(30)))
                    .isEmpty();
            assertThat(caller.get("/charges?idempotencyKey=" + key).is(200).<String>at("$.charges[0].status"))
                    .isEqualTo("AUTHORIZED");

            caller.behaveNormally();
            assertThat(Caller.receive(first).orElseThrow().status()).isEqualTo(201);
        }
        caller.behave("{\"operation\":\"AUTHORIZE\",\"kind\":\"LATE\",\"delayMillis\":60000,\"times\":1}");
        try (Socket next = caller.send("POST", "/charges", Caller.fresh("key"), body)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> caller.held() == 1);
            caller.behaveNormally();
            assertThat(Caller.receive(next).orElseThrow().status()).isEqualTo(201);
        }
    }
}

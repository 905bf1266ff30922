package io.holdfast.payment.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.edge.token.ServiceTokens;
import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.StandInGateway;
import io.holdfast.payment.StandInGateway.Trouble;
import io.holdfast.payment.gateway.GatewayOutcome.Done;
import io.holdfast.payment.gateway.GatewayOutcome.Refused;
import io.holdfast.payment.gateway.GatewayOutcome.Unknown;
import io.holdfast.payment.model.CardToken;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/** Three outcomes, over real HTTP, and a breaker that spares everybody the waiting. */
@OnRealDatabase
class CardGatewayTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Money AMOUNT = new Money(1999, "CNY");
    private static final CardToken CARD = new CardToken("tok_ok");

    private final String key = "key-" + NUMBERS.incrementAndGet();
    private final OrderId order = new OrderId("gateway-order-" + NUMBERS.incrementAndGet());
    private final CardGateway client;
    private final CircuitBreaker breaker;
    private final StandInGateway gateway;

    /** The service's own client, but for a breaker that few calls open, and not for long. */
    CardGatewayTest(
            @Autowired GatewayProperties ofTheService,
            @Autowired ServiceTokens tokens,
            @Autowired JsonMapper json,
            @Autowired StandInGateway gateway) {
        GatewayProperties.Breaker nervous = new GatewayProperties.Breaker(
                4,
                4,
                ofTheService.breaker().failurePercent(),
                Duration.ofMillis(300),
                ofTheService.breaker().trials());
        GatewayProperties properties = new GatewayProperties(
                ofTheService.url(), ofTheService.connectTimeout(), ofTheService.callTimeout(), nervous);
        this.breaker = new GatewayConfiguration().gatewayBreaker(properties, new SimpleMeterRegistry());
        this.client = new CardGateway(properties, breaker, tokens, json);
        this.gateway = gateway;
    }

    @BeforeEach
    void everythingIsWell() {
        gateway.behave();
    }

    @Test
    void whatTookEffectIsDoneAndTheSameKeyGetsTheSameAnswer() {
        GatewayOutcome first = client.authorize(key, order, AMOUNT, CARD);

        assertThat(first).isInstanceOf(Done.class).isEqualTo(client.authorize(key, order, AMOUNT, CARD));
        String id = ((Done) first).charge().id();
        assertThat(client.findByKey(key)).isEqualTo(client.find(id)).isInstanceOf(Found.Charge.class);
        assertThat(client.capture(key + "-c", id)).isInstanceOf(Done.class);
        assertThat(client.cancel(key + "-v", id)).isEqualTo(new Refused("charge-captured", id));
        assertThat(client.refund(key + "-r", id)).isInstanceOf(Done.class);
        assertThat(client.capture(key + "-x", "ch_none")).isEqualTo(new Refused("unknown-charge", null));
        assertThat(client.find("ch_none")).isEqualTo(new Found.NoCharge());
        assertThat(client.findByKey("no-such-key")).isEqualTo(new Found.NoCharge());
    }

    @Test
    void whatFailsIsUnknownAndIsMadeOnce() {
        gateway.next("authorize", Trouble.FAILS_AFTER, Trouble.HANGS_UP, Trouble.LATE);

        assertThat(client.authorize(key, order, AMOUNT, CARD)).isEqualTo(new Unknown("answered 503 gateway-failure"));
        assertThat(client.authorize(key, order, AMOUNT, CARD)).isInstanceOf(Unknown.class);
        assertThat(client.authorize(key, order, AMOUNT, CARD)).isInstanceOf(Unknown.class);

        assertThat(gateway.callsOf("authorize").stream().filter(call -> call.endsWith(" " + key)))
                .hasSize(3);
        gateway.next("query", Trouble.FAILS_BEFORE);
        assertThat(client.findByKey(key)).isInstanceOf(Found.Unknown.class);
    }

    @Test
    void aGatewayThatKeepsFailingIsNotCalledForAWhileAndThenTriedAgain() {
        gateway.goAway();
        for (int i = 0; i < 4; i++) {
            assertThat(client.findByKey(key)).isInstanceOf(Found.Unknown.class);
        }
        int calls = gateway.callsOf("query").size();

        assertThat(client.findByKey(key)).isEqualTo(new Found.Unknown("the circuit breaker is open"));
        assertThat(client.authorize(key, order, AMOUNT, CARD)).isEqualTo(new Unknown("the circuit breaker is open"));
        assertThat(gateway.callsOf("query")).hasSize(calls);
        gateway.comeBack();

        await().atMost(Duration.ofSeconds(20)).until(() -> client.findByKey(key) instanceof Found.NoCharge);
    }

    @Test
    void aRefusalIsNoFailure() {
        for (int i = 0; i < 8; i++) {
            assertThat(client.authorize(key + i, order, AMOUNT, new CardToken("tok_declined")))
                    .isInstanceOf(Refused.class);
        }
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }
}

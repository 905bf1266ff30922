package io.holdfast.order.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.order.store.RefusedOrders;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A buyer whose orders are refused again and again is told to come later, and leaves nothing behind until then. */
@OnRealDatabase
@TestPropertySource(properties = "holdfast.order.refusals.per-hour=5")
class RefusalBudgetTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PER_HOUR = 5;

    private final String buyer = "poor-" + NUMBERS.incrementAndGet();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final OrderRepository repository;
    private final RefusedOrders refused;
    private final OrderIds ids;
    private final MeterRegistry meters;
    private final TestTokens tokens;

    RefusalBudgetTest(
            @LocalServerPort int port,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired OrderRepository repository,
            @Autowired RefusedOrders refused,
            @Autowired OrderIds ids,
            @Autowired MeterRegistry meters,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.repository = repository;
        this.refused = refused;
        this.ids = ids;
        this.meters = meters;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUp() {
        coordinator.behave();
        downstream.serveAll();
    }

    @Test
    void beyondTheBudgetNothingIsAskedForAndNothingWrittenAndAKnownKeyStillGetsItsAnswer() {
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        Reply first = order("k0");
        for (int i = 1; i < PER_HOUR; i++) {
            assertThat(order("k" + i).problem()).isEqualTo("402 insufficient-funds");
        }
        int written = orders();
        int begun = coordinator.begun().size();
        double before = meters.counter(RefusalBudget.REFUSED).count();
        downstream.serveAll();

        Reply beyond = order("more");

        assertThat(beyond.problem()).isEqualTo("429 too-many-refused");
        assertThat(beyond.header("Retry-After"))
                .satisfies(seconds -> assertThat(Long.parseLong(seconds)).isBetween(3_500L, 3_600L));
        assertThat(beyond.body().has("orderId")).isFalse();
        assertThat(orders()).isEqualTo(written);
        assertThat(coordinator.begun()).hasSize(begun);
        assertThat(downstream.paths()).isEmpty();
        assertThat(meters.counter(RefusalBudget.REFUSED).count()).isEqualTo(before + 1);
        Reply again = order("k0");
        assertThat(again.problem()).isEqualTo("402 insufficient-funds");
        assertThat(again.body().get("orderId")).isEqualTo(first.body().get("orderId"));
        assertThat(send("/orders", "rich-" + buyer, "k0", body()).status()).isEqualTo(201);
    }

    @Test
    void whatIsRefusedInASaleCountsAndBeyondTheBudgetNoPlaceInTheSaleIsTaken() {
        downstream.on(
                StandInDownstreamServices.OPEN, call -> Answer.refusal(402, "insufficient-funds", "", call.orderIds()));
        String path = "/sales/" + openSale() + "/orders";
        String one = "{\"quantity\":1,\"payment\":{\"method\":\"WALLET\"}}";
        for (int i = 0; i < PER_HOUR; i++) {
            assertThat(send(path, buyer, "s" + i, one).problem()).isEqualTo("402 insufficient-funds");
        }
        downstream.serveAll();

        assertThat(send(path, buyer, "s-more", one).problem()).isEqualTo("429 too-many-refused");
        assertThat(order("more").problem()).isEqualTo("429 too-many-refused");
        assertThat(send(path, buyer, "s0", one).problem()).isEqualTo("402 insufficient-funds");
        assertThat(orders()).isEqualTo(PER_HOUR);
    }

    @Test
    void ordersThatAreRefusedBecauseAServiceIsAwayAreNoFaultOfTheirBuyer() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));
        for (int i = 0; i <= PER_HOUR; i++) {
            assertThat(order("k" + i).problem()).isEqualTo("503 service-unavailable");
        }
        downstream.serveAll();

        assertThat(order("more").status()).isEqualTo(201);
    }

    @Test
    void anotherInstanceAndOneThatWasRestartedCountWhatWasRefusedElsewhere() {
        Instant now = Instant.now();
        RefusalBudget here = instanceAt(now);
        Order last = null;
        for (int i = 0; i < PER_HOUR; i++) {
            last = refusedAt(now.minusSeconds(60L * i));
            here.note(last);
        }
        RefusalBudget elsewhere = instanceAt(now);

        assertThat(here.spentBy(buyer())).hasValueSatisfying(spent -> assertThat(spent.forNow())
                .isBetween(Duration.ofMinutes(55), Duration.ofMinutes(57)));
        assertThat(elsewhere.spentBy(buyer()))
                .as("it has refused nothing of this buyer's, and does not look")
                .isEmpty();
        elsewhere.note(last);
        assertThat(elsewhere.spentBy(buyer())).isPresent();
    }

    @Test
    void aBuyerWhoseOrdersAreCarriedOutIsNeverCounted() {
        RefusalBudget withoutDatabase = new RefusalBudget(null, PER_HOUR, Clock.systemUTC(), new SimpleMeterRegistry());

        withoutDatabase.note(orderAt(Instant.now()).paid("127.0.0.1:8091:1", Instant.now()));

        assertThat(withoutDatabase.spentBy(buyer())).isEmpty();
    }

    @Test
    void asRefusalsGetOlderThanAnHourTheBuyerMayOrderAgain() {
        Instant now = Instant.now();
        for (int i = 0; i < PER_HOUR; i++) {
            refusedAt(now.minusSeconds(60L * i));
        }
        TestClock clock = new TestClock(now);
        RefusalBudget budget = new RefusalBudget(refused, PER_HOUR, clock, new SimpleMeterRegistry());
        budget.note(refusedAt(now.minus(Duration.ofMinutes(50))));
        assertThat(budget.spentBy(buyer())).isPresent();

        clock.now = now.plus(Duration.ofMinutes(57).minusSeconds(30));

        assertThat(budget.spentBy(buyer()))
                .as("the oldest one of five is older than an hour")
                .isEmpty();
        budget.note(refusedAt(clock.now));
        assertThat(budget.spentBy(buyer())).isPresent();
    }

    private RefusalBudget instanceAt(Instant now) {
        return new RefusalBudget(refused, PER_HOUR, Clock.fixed(now, ZoneOffset.UTC), new SimpleMeterRegistry());
    }

    private BuyerId buyer() {
        return new BuyerId(buyer);
    }

    private Order refusedAt(Instant at) {
        Order order = orderAt(at).rejectedAtOnce(Rejection.soldOut(new Sku("a")));
        assertThat(repository.enter(order)).isTrue();
        return order;
    }

    private Order orderAt(Instant at) {
        return Order.received(
                ids.next(),
                new Purchase(
                        buyer(),
                        List.of(new OrderLine(new Sku("a"), new Quantity(1), new Money(5, "CNY"))),
                        PaymentMethod.WALLET),
                "b-" + NUMBERS.incrementAndGet(),
                at.truncatedTo(ChronoUnit.MILLIS));
    }

    private int orders() {
        return database.jdbc().queryForObject("select count(*) from orders where buyer_id = ?", Integer.class, buyer);
    }

    private String openSale() {
        Instant now = Instant.now();
        Reply made = send(
                "/sales", null, "sale-" + buyer, """
                {"sku":"%s","quota":10,"unitPrice":{"minor":500,"currency":"CNY"},"opensAt":"%s","closesAt":"%s",
                 "perBuyerLimit":1}""".formatted(buyer, now.minusSeconds(1), now.plusSeconds(3_600)));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(201);
        return made.body().get("saleId").asString();
    }

    private static String body() {
        return """
                {"items":[{"sku":"tea","quantity":1,"unitPrice":{"minor":5,"currency":"CNY"}}],
                 "payment":{"method":"WALLET"}}""";
    }

    private Reply order(String key) {
        return send("/orders", buyer, key, body());
    }

    /** @param who a buyer; null for an operator */
    private Reply send(String path, String who, String key, String body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Authorization", who == null ? tokens.authorizationFor(path) : tokens.buyer(who))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (who == null) {
                request.header("X-Reason", "a test");
            }
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(response, JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private record Reply(HttpResponse<String> response, JsonNode body) {

        int status() {
            return response.statusCode();
        }

        String problem() {
            return status() + " " + body.path("code").asString("");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    private static final class TestClock extends Clock {

        private Instant now;

        TestClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}

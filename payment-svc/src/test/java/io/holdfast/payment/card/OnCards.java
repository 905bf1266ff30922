package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.StandInCoordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInCoordinator.Database;
import io.holdfast.payment.StandInGateway;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** What tests of card payments share: one order, its calls over HTTP, and a gateway that is told to misbehave. */
@OnRealDatabase
abstract class OnCards {

    static final String TOKEN = "tok_ok-0815-very-secret";

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final String order = "card-order-" + NUMBERS.incrementAndGet();
    final String xid = StandInCoordinator.newXid();
    final StandInGateway gateway;
    final Coordinator coordinator;
    final JdbcTemplate jdbc;
    final ManualScheduler voidsAndRefunds;
    private final Clock clock;
    private final RestTestClient http;

    /** @param service the context, so that constructors of tests stay short */
    OnCards(ApplicationContext service) {
        this.gateway = service.getBean(StandInGateway.class);
        this.coordinator = service.getBean(Coordinator.class);
        this.jdbc = service.getBean(Database.class).jdbc();
        this.clock = service.getBean(Clock.class);
        this.voidsAndRefunds = TestHelper.createManualScheduler(
                        service.getBean(DataSource.class),
                        service.getBean(VoidOrRefundScheduler.class).task())
                .clock(new SettableClock())
                .alwaysPersistTimestampInUTC()
                .build();
        this.http = RestTestClient.bindToServer(
                        service.getBean(TestTokens.class).requests())
                .baseUrl("http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port"))
                .build();
    }

    @BeforeEach
    void theGatewayBehaves() {
        gateway.behave();
    }

    @AfterEach
    void noChargeWasTakenTwiceOrUndoneTwice() {
        gateway.behave();
        assertThat(gateway.effectsOn(order)).doesNotHaveDuplicates();
        assertThat(gateway.effectsOn(order).contains("VOIDED")
                        && gateway.effectsOn(order).contains("REFUNDED"))
                .as("voided and refunded: " + gateway.effectsOn(order))
                .isFalse();
    }

    ResponseSpec open() {
        return post("/internal/payments", """
                {"method":"CARD","orders":[{"orderId":"%s","buyerId":"carla","amount":{"minor":1999,"currency":"CNY"}}]}""".formatted(order));
    }

    ResponseSpec authorize() {
        return authorize(TOKEN);
    }

    ResponseSpec authorize(String token) {
        return post(
                "/internal/payments/authorizations", "{\"orderId\":\"%s\",\"token\":\"%s\"}".formatted(order, token));
    }

    ResponseSpec post(String path, String body) {
        return post(path, xid, body);
    }

    ResponseSpec post(String path, String transaction, String body) {
        return http.post()
                .uri(path)
                .headers(headers -> {
                    if (!transaction.isEmpty()) {
                        headers.set("TX_XID", transaction);
                    }
                })
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    ResponseSpec get(String uri) {
        return http.get().uri(uri).exchange();
    }

    static void problem(ResponseSpec response, int status, String code) {
        response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code);
    }

    CardBranch opened() {
        open().expectStatus().isOk();
        return coordinator.cardBranch(
                xid, jdbc.queryForObject("select branch_id from payment where order_id = ?", Long.class, order));
    }

    CardBranch authorized() {
        CardBranch branch = opened();
        authorize().expectStatus().isOk();
        return branch;
    }

    String payment() {
        return jdbc.queryForObject("select status from payment where order_id = ?", String.class, order);
    }

    String charge() {
        return jdbc.queryForObject("select status from card_charge where order_id = ?", String.class, order);
    }

    List<String> voidOrRefundStatus() {
        return jdbc.queryForList("""
                select o.status from void_or_refund o join card_charge c on c.charge_key = o.charge_key where order_id = ?
                """, String.class, order);
    }

    void paymentBecomes(String status) {
        await().atMost(Duration.ofSeconds(30)).until(this::payment, status::equals);
    }

    void voidOrRefundEndsAs(String status) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            carryOutDue();
            assertThat(voidOrRefundStatus()).containsExactly(status);
        });
        // Whatever is tried after that finds nothing to do.
        int effects = gateway.effectsOn(order).size();
        carryOutDue();
        assertThat(gateway.effectsOn(order)).hasSize(effects);
    }

    /** One poll of db-scheduler, on this thread. */
    void carryOutDue() {
        voidsAndRefunds.setTime(clock.instant());
        voidsAndRefunds.runAnyDueExecutions();
    }

    void outcomeIs(String outcome, String reason) {
        post("/internal/payments/outcomes", "{\"xid\":\"%s\",\"orderIds\":[\"%s\"]}".formatted(xid, order))
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"outcomes\":[{\"orderId\":\"%s\",\"outcome\":\"%s\"}]}".formatted(order, outcome))
                .jsonPath("$")
                .value(answer -> assertThat(String.valueOf(answer)).contains(reason.isEmpty() ? "null" : reason));
    }
}

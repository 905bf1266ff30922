package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Database;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.test.web.support.AbstractJsonPathAssertions;

/** What callers see, over real HTTP. */
@OnRealDatabase
class HttpInterfaceTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final String DEPOSIT = """
            {"amount":{"minor":1000,"currency":"CNY"}}""";

    private final RestTestClient http;
    private final Coordinator coordinator;
    private final JdbcTemplate jdbc;

    private final String buyer = "buyer.%d@example.org".formatted(NUMBERS.incrementAndGet());
    private final String order = "order-" + NUMBERS.incrementAndGet();
    private final String xid = StandInCoordinator.newXid();

    HttpInterfaceTest(
            @LocalServerPort int port,
            @Autowired Coordinator coordinator,
            @Autowired Database database,
            @Autowired TestTokens tokens) {
        this.http = RestTestClient.bindToServer(tokens.requests())
                .baseUrl("http://127.0.0.1:" + port)
                .build();
        this.coordinator = coordinator;
        this.jdbc = database.jdbc();
    }

    @Test
    void aDepositIsCreatedOnceAndShowsInTheAccount() {
        deposit("d-" + order, DEPOSIT)
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Location", "/accounts/" + buyer)
                .expectBody()
                .jsonPath("$.amount.minor")
                .isEqualTo(1000);
        deposit("d-" + order, DEPOSIT).expectStatus().isOk();
        problem(deposit("d-" + order, DEPOSIT.replace("1000", "1001")), 422, "idempotency-key-reused");
        problem(deposit("e-" + order, DEPOSIT.replace("CNY", "EUR")), 400, "currency-mismatch");
        problem(
                deposit("e-" + order, DEPOSIT.replace("1000", String.valueOf(Long.MAX_VALUE))),
                400,
                "amount-too-large");

        http.get()
                .uri("/accounts/{buyer}", buyer)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("""
                        {"buyerId":"%s","deposited":{"minor":1000,"currency":"CNY"},
                         "balance":{"minor":1000,"currency":"CNY"},"frozen":{"minor":0,"currency":"CNY"},
                         "spent":{"minor":0,"currency":"CNY"}}""".formatted(buyer), JsonCompareMode.STRICT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"amount\":null}",
                "{\"amount\":{}}",
                "{\"amount\":{\"minor\":0,\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":-1,\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":1.5,\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":\"1\",\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":null,\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":9223372036854775808,\"currency\":\"CNY\"}}",
                "{\"amount\":{\"minor\":1,\"currency\":\"cny\"}}",
                "{\"amount\":{\"minor\":1,\"currency\":\"' or 1=1 --\"}}",
                "{\"amount\":{\"minor\":1,\"currency\":\"CNY\",\"more\":1}}",
                "{\"amount\":{\"minor\":1,\"currency\":\"CNY\"}",
                ""
            })
    void aBadDepositIsAClearProblemAndLeavesNoTrace(String body) {
        ResponseSpec response = deposit("bad-" + order, body);

        response.expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .value(String.class, code -> assertThat(code).isIn("invalid-request", "malformed-json"))
                .jsonPath("$.traceId")
                .exists();
        assertThat(jdbc.queryForList("select 1 from account where buyer_id = ?", buyer))
                .isEmpty();
        problem(get("/accounts/{buyer}", buyer), 404, "unknown-account");
    }

    @Test
    void aDepositNeedsAKeyAndABuyerIdOfTheRightForm() {
        ResponseSpec withoutKey = http.post()
                .uri("/accounts/{buyer}/deposits", buyer)
                .contentType(MediaType.APPLICATION_JSON)
                .body(DEPOSIT)
                .exchange();
        problem(withoutKey, 400, "idempotency-key-missing");
        problem(deposit("k".repeat(65), DEPOSIT), 400, "idempotency-key-invalid");
        problem(get("/accounts/{buyer}", "a' or '1'='1"), 400, "invalid-request");
        problem(get("/accounts/{buyer}", "b".repeat(65)), 400, "invalid-request");
        problem(get("/payments?orderId={order}", "o'; drop table payment; --"), 400, "invalid-request");
        problem(get("/payments?orderId={order}", order), 404, "unknown-payment");
        problem(get("/payments"), 400, "invalid-request");
    }

    @Test
    void aTryOpensItsOrdersAndTheSameTryAgainMakesNoSecondBranch() {
        deposit("d-" + order, DEPOSIT);

        open(xid, orders(order, 600, order + "-b", 400))
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"opened\":[\"%1$s\",\"%1$s-b\"]}".formatted(order));
        open(xid, orders(order + "-b", 400, order, 600))
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"opened\":[\"%1$s-b\",\"%1$s\"]}".formatted(order));

        assertThat(branches(xid)).containsExactly("payment.open 1");
        get("/payments?orderId={order}", order)
                .expectStatus()
                .isOk()
                .expectBody()
                .json("""
                        {"orderId":"%s","buyerId":"%s","method":"WALLET","status":"OPEN","gatewayId":null,"attempts":0,
                         "amount":{"minor":600,"currency":"CNY"},"decidedAt":null}""".formatted(order, buyer));
        outcomes(xid, order, order + "-x").isEqualTo(List.of("OPEN", "NONE"));
        outcomes(StandInCoordinator.newXid(), order).isEqualTo(List.of("NONE"));
    }

    @Test
    void theSameTryFromTwelveCallersAtOnceSetsTheMoneyAsideOnce() throws Exception {
        int callers = 12;
        deposit("d-" + order, DEPOSIT);
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            CyclicBarrier start = new CyclicBarrier(callers);
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                statuses.add(threads.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return open(xid, orders(order, 100))
                            .returnResult(String.class)
                            .getStatus()
                            .value();
                }));
            }
            List<Integer> answers = new ArrayList<>();
            for (Future<Integer> status : statuses) {
                answers.add(status.get(2, TimeUnit.MINUTES));
            }
            // Whoever meets the first one halfway is told that the order is busy, and changes nothing.
            assertThat(answers).contains(200).allMatch(status -> status == 200 || status == 409);
        } finally {
            threads.shutdownNow();
        }
        assertThat(branches(xid)).containsExactly("payment.open 1");
        assertThat(jdbc.queryForObject("select frozen from account where buyer_id = ?", Long.class, buyer))
                .isEqualTo(100);
    }

    @Test
    void anOrderWithALivePaymentOfAnotherKindIsBusy() {
        deposit("d-" + order, DEPOSIT);
        open(xid, orders(order, 600)).expectStatus().isOk();

        problem(open(StandInCoordinator.newXid(), orders(order, 600)), 409, "order-busy");
        problem(open(xid, orders(order, 601)), 409, "order-busy");
        open(xid, orders(order, 600, order + "-b", 1))
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .json("{\"code\":\"order-busy\",\"refusals\":[{\"orderId\":\"%s\"}]}".formatted(order));

        assertThat(jdbc.queryForObject("select balance from account where buyer_id = ?", Long.class, buyer))
                .isEqualTo(400);
    }

    @Test
    void aReleasedOrderMayBeOpenedAgainAndTheLivePaymentIsTheOneThatIsShown() {
        deposit("d-" + order, DEPOSIT);
        var branch = coordinator.newBranch();
        branch.open(List.of(paymentRequest(600)));
        branch.release();
        outcomes(branch.xid, order).isEqualTo(List.of("RELEASED"));
        get("/payments?orderId={order}", order)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("RELEASED");

        open(xid, orders(order, 700)).expectStatus().isOk();

        outcomes(xid, order).isEqualTo(List.of("OPEN"));
        get("/payments?orderId={order}", order)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("OPEN")
                .jsonPath("$.amount.minor")
                .isEqualTo(700);
    }

    @Test
    void aRefusedTryNamesTheOrdersThatMustGoAndWithoutThemItIsServed() {
        deposit("d-" + order, DEPOSIT);

        open(xid, orders(order, 600, order + "-b", 500, order + "-c", 400))
                .expectStatus()
                .isEqualTo(402)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .json("""
                        {"type":"urn:holdfast:problem:insufficient-funds","code":"insufficient-funds","status":402,
                         "refusals":[{"orderId":"%s-b","code":"insufficient-funds","available":400}]}""".formatted(order));
        assertThat(branches(xid)).as("branches that a refusal costs").isEmpty();
        open(xid, orders(order, 600, order + "-c", 400)).expectStatus().isOk();

        problem(open(StandInCoordinator.newXid(), orders(order + "-d", 1).replace("CNY", "EUR")), 402, "invalid-order");
        problem(
                open(StandInCoordinator.newXid(), orders(order + "-d", 1).replace(buyer, "nobody")),
                402,
                "insufficient-funds");
    }

    @Test
    void aTryOutsideAGlobalTransactionIsRefused() {
        deposit("d-" + order, DEPOSIT);

        problem(open(null, orders(order, 600)), 400, "xid-required");
        problem(open("' or 1=1", orders(order, 600)), 400, "malformed-xid");

        problem(get("/payments?orderId={order}", order), 404, "unknown-payment");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"orders\":[]}",
                "{\"orders\":[null]}",
                "{\"orders\":[{\"orderId\":\"o'\",\"buyerId\":\"b\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"}}]}",
                "{\"orders\":[{\"orderId\":\"o\",\"buyerId\":\"b'\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"}}]}",
                "{\"orders\":[{\"orderId\":\"o\",\"buyerId\":\"b\",\"amount\":{\"minor\":0,\"currency\":\"CNY\"}}]}",
                "{\"orders\":[{\"orderId\":\"o\",\"buyerId\":\"b\"}]}"
            })
    void aBadTryRegistersNoBranch(String body) {
        problem(open(xid, body), 400, "invalid-request");
        assertThat(branches(xid)).isEmpty();
    }

    @Test
    void aTryThatNamesAnOrderTwiceIsRefused() {
        problem(open(xid, orders(order, 1, order, 1)), 400, "invalid-request");
        assertThat(branches(xid)).isEmpty();
    }

    private PaymentRequest paymentRequest(long minor) {
        return new PaymentRequest(new OrderId(order), new BuyerId(buyer), new Money(minor, "CNY"));
    }

    private ResponseSpec get(String uri, Object... variables) {
        return http.get().uri(uri, variables).exchange();
    }

    private ResponseSpec deposit(String key, String body) {
        return http.post()
                .uri("/accounts/{buyer}/deposits", buyer)
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private ResponseSpec open(String xidOrNull, String body) {
        return http.post()
                .uri("/internal/payments")
                .headers(headers -> {
                    if (xidOrNull != null) {
                        headers.set("TX_XID", xidOrNull);
                    }
                })
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    /** @param idsAndAmounts order id, amount, order id, amount and so on */
    private String orders(Object... idsAndAmounts) {
        StringBuilder orders = new StringBuilder();
        for (int i = 0; i < idsAndAmounts.length; i += 2) {
            orders.append(i == 0 ? "" : ",").append("""
                    {"orderId":"%s","buyerId":"%s","amount":{"minor":%s,"currency":"CNY"}}""".formatted(idsAndAmounts[i], buyer, idsAndAmounts[i + 1]));
        }
        return "{\"orders\":[" + orders + "]}";
    }

    private RestTestClient.BodyContentSpec answerOf(String transaction, String... orderIds) {
        return http.post()
                .uri("/internal/payments/outcomes")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"xid\":\"%s\",\"orderIds\":[\"%s\"]}".formatted(transaction, String.join("\",\"", orderIds)))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();
    }

    private AbstractJsonPathAssertions<?> outcomes(String transaction, String... orderIds) {
        return answerOf(transaction, orderIds).jsonPath("$.outcomes[*].outcome");
    }

    private List<String> branches(String transaction) {
        return jdbc.queryForList(
                "select concat(action_name, ' ', status) from tcc_fence_log where xid = ?", String.class, transaction);
    }

    private static void problem(ResponseSpec response, int status, String code) {
        response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code)
                .jsonPath("$.type")
                .isEqualTo("urn:holdfast:problem:" + code)
                .jsonPath("$.traceId")
                .exists();
    }
}

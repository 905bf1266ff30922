package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Who is let in where. Every endpoint is asked, as the services' own OpenAPI documents name them. */
@OnThePlatform
@Order(17)
class AccessIT {

    /** Where a buyer is let in; everything else public is for operators. */
    private static final Set<String> OPEN_TO_BUYERS = Set.of(
            "POST /orders",
            "GET /orders",
            "GET /orders/{orderId}",
            "POST /orders/{orderId}/cancellation",
            "GET /sales/{saleId}",
            "POST /sales/{saleId}/orders",
            "GET /sales/{saleId}/orders/mine",
            "GET /stock/{sku}",
            "GET /accounts/{buyerId}",
            "GET /payments");

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;

    AccessIT(Platform platform) {
        this.platform = platform;
        this.stack = platform.stack();
        this.databases = platform.databases();
    }

    @Test
    void noEndpointAnswersWithoutATokenThatIsValidHere() {
        Forger forger = new Forger(stack);
        List<Endpoint> endpoints = endpoints();
        assertThat(endpoints).hasSizeGreaterThanOrEqualTo(12);
        long orders = databases.number("select count(*) from order_svc.orders");

        for (Endpoint endpoint : endpoints) {
            assertRefused(endpoint, "", 401, "unauthenticated");
            assertRefused(endpoint, "Basic b2xnYTpvbGdh", 401, "unauthenticated");
            Map<String, String> forged = new HashMap<>(forger.ofAnOperator());
            if (endpoint.isForServices()) {
                String callee = endpoint.service().name();
                forger.ofService(Platform.callerOf(callee), callee)
                        .forEach((defect, token) -> forged.put("a service's, " + defect, token));
            }
            forged.forEach((defect, token) -> assertRefused(endpoint, "Bearer " + token, 401, "unauthenticated"));
        }

        assertThat(databases.number("select count(*) from order_svc.orders")).isEqualTo(orders);
    }

    @Test
    void aBuyerIsLetInWhereBuyersAreAndNowhereElse() {
        String buyer = "Bearer " + stack.tokens().buyer("alice", MINUTE);
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.isForServices()) {
                assertRefused(endpoint, buyer, 401, "unauthenticated");
            } else if (!OPEN_TO_BUYERS.contains(endpoint.name())) {
                assertRefused(endpoint, buyer, 403, "forbidden");
            } else {
                assertThat(endpoint.call(Map.of("Authorization", buyer), "{}").status())
                        .as(endpoint.name())
                        .isNotIn(401, 403);
            }
        }
    }

    @Test
    void anInternalEndpointTakesNoPersonsTokenAndNoTokenForAnotherService() {
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.isForServices()) {
                assertRefused(endpoint, "Bearer " + stack.tokens().operator("olga", MINUTE), 401, "unauthenticated");
                String forAnother = stack.tokens()
                        .service(Platform.callerOf(endpoint.service().name()), "another-svc", MINUTE);
                assertRefused(endpoint, "Bearer " + forAnother, 401, "unauthenticated");
            }
        }
    }

    @Test
    void aBuyerSeesAndPlacesTheBuyersOwnOrdersAndNobodyElses() {
        String sku = platform.goods(5);
        String alice = platform.buyer(100_00);
        String bob = platform.buyer(100_00);
        String orderOfAlice =
                platform.order(alice, new Platform.Line(sku, 1, 10_00)).orderId();
        Map<String, String> asAlice = as(alice);
        Map<String, String> asBob = as(bob);

        assertThat(platform.getWith(platform.ordersUrl() + "/" + orderOfAlice, asAlice)
                        .status())
                .isEqualTo(200);
        Answer hidden = platform.getWith(platform.ordersUrl() + "/" + orderOfAlice, asBob);
        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.code()).isEqualTo("not-found");
        String account = stack.payment().url() + "/accounts/" + alice;
        assertThat(platform.getWith(account, asAlice).status()).isEqualTo(200);
        assertThat(platform.getWith(account, asBob).code()).isEqualTo("unknown-account");
        String payment = stack.payment().url() + "/payments?orderId=" + orderOfAlice;
        assertThat(platform.getWith(payment, asAlice).status()).isEqualTo(200);
        assertThat(platform.getWith(payment, asBob).code()).isEqualTo("unknown-payment");
        assertThat(platform.getWith(platform.ordersUrl(), asAlice).text()).contains(orderOfAlice);
        assertThat(platform.getWith(platform.ordersUrl(), asBob).text()).doesNotContain(orderOfAlice);
        assertThat(platform.getWith(platform.ordersUrl() + "?buyerId=" + alice, asBob)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theTokenSaysWhoOrdersAndABodyThatNamesSomebodyElseChangesNothing() {
        String sku = platform.goods(5);
        String alice = platform.buyer(100_00);
        String bob = platform.buyer(100_00);
        Map<String, Object> forBob = Platform.orderBody(bob, new Platform.Line(sku, 1, 10_00));
        Map<String, Object> unnamed = Map.of("items", forBob.get("items"), "payment", forBob.get("payment"));

        Answer refused = platform.postText(platform.ordersUrl(), orderAs(alice), Platform.text(forBob));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(databases.number("select count(*) from order_svc.orders where buyer_id in (?, ?)", alice, bob))
                .isZero();

        Answer paid = platform.postText(platform.ordersUrl(), orderAs(alice), Platform.text(unnamed));
        assertThat(paid.orderStatus()).isEqualTo("PAID");
        assertThat(databases.number("select count(*) from order_svc.orders where buyer_id = ?", alice))
                .isEqualTo(1);
    }

    @Test
    void anXidInTheRequestOfAPersonHasNoEffect() {
        String sku = platform.goods(5);
        String alice = platform.buyer(100_00);
        long branches = databases.number("select count(*) from seata.branch_table");
        for (String xid : List.of("127.0.0.2:8091:1", "nonsense", "10.0.0.1:8091:123", "x".repeat(7_000))) {
            Answer answer = platform.getWith(
                    stack.stock().url() + "/stock/" + sku,
                    Map.of("Authorization", as(alice).get("Authorization"), "TX_XID", xid));
            assertThat(answer.status()).as("%.40s", xid).isEqualTo(200);
            Answer refused = platform.postText(
                    stack.stock().url() + "/internal/reservations",
                    Map.of("Authorization", as(alice).get("Authorization"), "TX_XID", xid),
                    "{\"orders\":[{\"orderId\":\"o-1\",\"lines\":[{\"sku\":\"" + sku + "\",\"quantity\":1}]}]}");
            assertThat(refused.status()).as("%.40s", xid).isEqualTo(401);
        }
        assertThat(databases.number("select count(*) from seata.branch_table")).isEqualTo(branches);
    }

    @Test
    void whatAnOperatorDoesIsAuditedWithTheReason() {
        String sku = platform.goods(0);
        String operator = stack.tokens().operator("olga-audited", MINUTE);
        Answer answer = platform.postText(
                stack.stock().url() + "/stock/" + sku + "/receipts",
                Map.of(
                        "Authorization",
                        "Bearer " + operator,
                        "X-Reason",
                        "delivery 4711",
                        "Idempotency-Key",
                        Platform.newKey()),
                "{\"quantity\":3}");
        assertThat(answer.status()).isEqualTo(201);

        await().untilAsserted(() -> assertThat(platform.logOf(stack.stock()))
                .contains("who=olga-audited what=\"POST /stock/" + sku
                        + "/receipts\" reason=\"delivery 4711\" status=201 request=" + answer.header("X-Trace-Id")));
        assertThat(databases.text("""
                        select concat_ws(' ', who, amount, effect, reason) from stock_svc.audit_entry where trace_id = ?
                        """, answer.header("X-Trace-Id"))).isEqualTo("olga-audited 3 CHANGED delivery 4711");
        Answer listed = platform.get(stack.stock().url() + "/audit?who=olga-audited");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.text()).contains("delivery 4711", answer.header("X-Trace-Id"));
    }

    @Test
    void noEndpointTakesAChangeFromAnOperatorWhoGivesNoReason() {
        String operator = "Bearer " + stack.tokens().operator("olga", MINUTE);
        int changes = 0;
        for (Endpoint endpoint : endpoints()) {
            boolean forBuyersAlone = endpoint.name().equals("POST /sales/{saleId}/orders");
            if (!endpoint.method().equals("GET") && !endpoint.isForServices() && !forBuyersAlone) {
                Answer refused = endpoint.call(Map.of("Authorization", operator, "X-Reason", ""), "{}");
                assertThat(refused.status() + " " + refused.code())
                        .as(endpoint.name())
                        .isEqualTo("400 reason-missing");
                changes++;
            }
        }
        assertThat(changes).isGreaterThanOrEqualTo(10);
    }

    @Test
    void healthIsOpenAndEveryOtherManagementEndpointIsForOperators() {
        platform.programs().forEach(service -> {
            String management = service.managementUrl() + "/actuator";
            Map<String, String> nobody = Map.of("Authorization", "");
            assertThat(platform.getWith(management + "/health", nobody).status())
                    .isEqualTo(200);
            assertThat(platform.getWith(management + "/prometheus", nobody).status())
                    .isEqualTo(401);
            assertThat(platform.getWith(management + "/prometheus", as("alice")).status())
                    .isEqualTo(403);
            assertThat(platform.get(management + "/prometheus").status()).isEqualTo(200);
        });
    }

    @Test
    void whoReplaysAnOrderGetsItsAnswerAndWhoReplaysSomebodyElsesGetsNothing() {
        String sku = platform.goods(5);
        String alice = platform.buyer(100_00);
        String bob = platform.buyer(100_00);
        String key = Platform.newKey();
        String body = Platform.text(Platform.orderBody(alice, new Platform.Line(sku, 1, 10_00)));
        Answer first = platform.postText(platform.ordersUrl(), orderAs(alice, key), body);
        assertThat(first.status()).as("%s", first).isEqualTo(201);
        Map<String, Long> totals = databases.totals();
        Map<String, Long> traces = databases.traces();

        Answer replayed = platform.postText(platform.ordersUrl(), orderAs(alice, key), body);
        assertThat(replayed.status()).isEqualTo(200);
        assertThat(replayed.orderId()).isEqualTo(first.orderId());
        Answer tampered = platform.postText(platform.ordersUrl(), orderAs(alice, key), body.replace("1000", "1"));
        assertThat(tampered.code()).as("%s", tampered).isEqualTo("idempotency-key-reused");
        Answer stolen = platform.postText(platform.ordersUrl(), orderAs(bob, key), body);
        assertThat(stolen.status()).isEqualTo(403);
        assertThat(stolen.text()).doesNotContain(first.orderId());
        String expired = "Bearer " + stack.tokens().buyer(alice, MINUTE.negated());
        assertThat(platform.postText(
                                platform.ordersUrl(), Map.of("Authorization", expired, "Idempotency-Key", key), body)
                        .status())
                .isEqualTo(401);

        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(databases.traces()).isEqualTo(traces);
    }

    @Test
    void aSubjectThatIsNoBuyerIdIsToldSoAndReachesNoSql() {
        for (String subject : List.of("x' or '1'='1", "a".repeat(65), "auth0|4711", "../bob")) {
            for (Endpoint endpoint : endpoints()) {
                if (!endpoint.isForServices()) {
                    Answer answer = endpoint.call(
                            as(subject), endpoint.takesBody() ? endpoint.body().toString() : "");
                    assertThat(answer.status())
                            .as("%s by %s: %s", endpoint, subject, answer)
                            .isBetween(400, 499);
                }
            }
        }
    }

    @Test
    void aBuyerWhoCallsTooFastIsAskedToWaitAndOthersAreServedMeanwhile() throws InterruptedException {
        Map<String, String> hasty = as(platform.buyer(1));
        String url = platform.ordersUrl();
        // From several threads: one alone is not too fast for a service that has just been started.
        List<Answer> refused = Crowd.of(8)
                .everyone(number -> IntStream.range(0, 100)
                        .mapToObj(i -> platform.getWith(url, hasty))
                        .toList())
                .stream()
                .flatMap(List::stream)
                .filter(answer -> answer.status() != 200)
                .toList();

        assertThat(refused).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.code()).isEqualTo("too-many-requests");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        });
        assertThat(platform.getWith(url, as(platform.buyer(1))).status()).isEqualTo(200);
    }

    @Test
    void keysAreRotatedWhileThePlatformRuns() {
        String sku = platform.goods(5);
        String alice = platform.buyer(100_00);
        Map<String, String> before = as(alice);
        assertThat(platform.getWith(platform.ordersUrl(), before).status()).isEqualTo(200);

        stack.tokens().rotate();
        platform.forgetTokens();

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> platform.services()
                .forEach(service -> assertThat(platform.getWith(service.managementUrl() + "/actuator/info", before)
                                .status())
                        .isEqualTo(401)));
        assertThat(platform.getWith(platform.ordersUrl(), as(alice)).status()).isEqualTo(200);
        // order-svc goes on with a token of its old key until it makes one with the new: both are taken.
        assertThat(platform.order(alice, new Platform.Line(sku, 1, 1_00)).orderStatus())
                .isEqualTo("PAID");
    }

    private Map<String, String> as(String buyer) {
        return Map.of("Authorization", "Bearer " + stack.tokens().buyer(buyer, MINUTE));
    }

    private Map<String, String> orderAs(String buyer) {
        return Map.of(
                "Authorization", "Bearer " + stack.tokens().buyer(buyer, MINUTE), "Idempotency-Key", Platform.newKey());
    }

    private Map<String, String> orderAs(String buyer, String key) {
        return Map.of("Authorization", "Bearer " + stack.tokens().buyer(buyer, MINUTE), "Idempotency-Key", key);
    }

    private static void assertRefused(Endpoint endpoint, String authorization, int status, String code) {
        Answer answer = endpoint.call(Map.of("Authorization", authorization), "{}");
        assertThat(answer.status())
                .as("%s with %s: %s", endpoint.name(), authorization, answer)
                .isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.body().path("traceId").asString("")).isNotEmpty();
    }

    private List<Endpoint> endpoints() {
        return Endpoint.of(platform);
    }
}

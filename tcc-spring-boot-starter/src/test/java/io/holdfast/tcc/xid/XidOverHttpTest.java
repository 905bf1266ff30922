package io.holdfast.tcc.xid;

import static org.assertj.core.api.Assertions.assertThat;

import feign.Feign;
import feign.RequestInterceptor;
import feign.RequestLine;
import feign.RequestTemplate;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.seata.common.exception.FrameworkException;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.exception.TransactionExceptionCode;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** A service on a real port. It has one request thread, so that what a request leaves behind meets the next one. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = XidOverHttpTest.Service.class,
        properties = {
            "spring.application.name=shop",
            // No coordinator here: this is about the xid alone.
            "seata.enabled=false",
            "server.tomcat.threads.max=1",
            "server.tomcat.threads.min-spare=1"
        })
class XidOverHttpTest {

    private static final String XID = "10.0.0.1:8091:3423423423423423";
    private static final TestSchema SCHEMA = TestDatabase.mariaDb().newSchema("xid");

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    private final Calls calls;
    private final XidFeignInterceptor feignInterceptor;

    @Autowired
    XidOverHttpTest(Calls calls, XidFeignInterceptor feignInterceptor) {
        this.calls = calls;
        this.feignInterceptor = feignInterceptor;
    }

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) throws SQLException {
        SCHEMA.runScript("fence.sql");
        registry.add("spring.datasource.url", SCHEMA::url);
        registry.add("spring.datasource.username", SCHEMA::user);
        registry.add("spring.datasource.password", SCHEMA::password);
    }

    @BeforeEach
    void forgetCalls() {
        calls.handled.set(0);
        calls.tried.set(0);
    }

    @AfterEach
    void leaveNoTransactionBehind() {
        RootContext.unbind();
    }

    // Inbound

    @ParameterizedTest
    @MethodSource("wellFormed")
    void a_well_formed_xid_is_bound_on_an_internal_path(String xid) throws Exception {
        assertThat(get("/internal/seen", xid).body()).isEqualTo(xid);
    }

    static List<String> wellFormed() {
        return List.of(XID, "127.0.0.2:8091:1", "coordinator-0.seata:8091:9223372036854775807", "[fe80::1]:8091:42");
    }

    @Test
    void without_the_header_an_internal_request_runs_outside_any_global_transaction() throws Exception {
        assertThat(get("/internal/seen", null).body()).isEqualTo("none");
    }

    @Test
    void the_name_of_the_header_is_read_in_any_case() throws Exception {
        assertThat(send(request("/internal/seen").header("tx_xid", XID).GET()).body())
                .isEqualTo(XID);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void a_malformed_xid_is_refused_before_the_handler_and_not_echoed(String xid) throws Exception {
        HttpResponse<String> answer = get("/internal/seen", xid);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("malformed-xid");
        if (xid.length() > 3) {
            assertThat(answer.body()).doesNotContain(xid);
        }
        assertThat(calls.handled).hasValue(0);
    }

    @Test
    void an_xid_is_taken_from_a_service_only() throws Exception {
        HttpResponse<String> refused = send(request("/internal/seen")
                .header(Xid.HEADER, XID)
                .header("X-Stranger", "yes")
                .GET());

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("xid-not-accepted").doesNotContain(XID);
        assertThat(calls.handled).hasValue(0);
    }

    static List<String> malformed() {
        return List.of(
                "",
                "x",
                "127.0.0.1",
                "127.0.0.1:8091",
                "127.0.0.1:8091:",
                ":8091:1",
                "127.0.0.1:8091:abc",
                "127.0.0.1:8091:-1",
                "127.0.0.1:8091:1:",
                "127.0.0.1:809100:1",
                "127.0.0.1:8091:12345678901234567890",
                "127.0.0.1:8091:1' or '1'='1",
                "<script>alert(1)</script>:8091:1",
                "../../etc/passwd:8091:1",
                "${jndi:ldap://127.0.0.1:8091:1",
                "a".repeat(120) + ":8091:1",
                "127.0.0.1:8091:" + "1".repeat(5_000));
    }

    @ParameterizedTest
    @MethodSource("anything")
    void elsewhere_the_header_has_no_effect_whatever_it_says(String xid) throws Exception {
        HttpResponse<String> answer = get("/orders/seen", xid);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("none");
    }

    static List<String> anything() {
        return List.of(XID, "", "x", "127.0.0.1:8091:1' or '1'='1", "1".repeat(5_000));
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void a_disguised_internal_path_is_not_found_or_checked_just_the_same(String path) throws Exception {
        HttpResponse<String> answer = get(path, "malformed");

        assertThat(answer.statusCode()).isBetween(400, 404);
        assertThat(calls.handled).hasValue(0);
    }

    static List<String> disguises() {
        return List.of(
                "//internal/seen",
                "/internal//seen",
                "/internal;a=b/seen",
                "/orders/..;/internal/seen",
                "/orders/../internal/seen",
                "/%69nternal/seen",
                "/INTERNAL/seen",
                "/internal/seen/");
    }

    @Test
    void nothing_of_a_request_is_left_on_its_thread() throws Exception {
        for (String path :
                List.of("/internal/seen", "/internal/fails", "/internal/problem/GlobalTransactionNotExist")) {
            get(path, XID);

            assertThat(get("/orders/seen", null).body()).as("after %s", path).isEqualTo("none");
        }
    }

    @Test
    void a_request_that_is_answered_later_leaves_nothing_on_its_thread_meanwhile() throws Exception {
        CompletableFuture<HttpResponse<String>> later = http.sendAsync(
                request("/internal/later").header(Xid.HEADER, XID).GET().build(), HttpResponse.BodyHandlers.ofString());
        DeferredResult<String> pending = calls.pending.get(10, TimeUnit.SECONDS);

        String seenMeanwhile = get("/orders/seen", null).body();
        pending.setResult("done");

        assertThat(later.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
        assertThat(seenMeanwhile).isEqualTo("none");
        Awaitility.await().until(() -> get("/orders/seen", null).body().equals("none"));
    }

    // A Try over HTTP

    @Test
    void a_try_without_an_xid_is_a_problem_and_reserves_nothing() throws Exception {
        HttpResponse<String> answer = send(request("/internal/reservations").POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body())
                .contains("\"code\":\"xid-required\"", "urn:holdfast:problem:xid-required")
                .doesNotContain("Exception", "io.holdfast");
        assertThat(calls.tried).hasValue(0);
    }

    @Test
    void a_try_with_a_malformed_xid_is_a_problem_and_reserves_nothing() throws Exception {
        HttpResponse<String> answer = send(
                request("/internal/reservations").header(Xid.HEADER, "1").POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(calls.tried).hasValue(0);
    }

    @Test
    void a_try_with_an_xid_runs() throws Exception {
        HttpResponse<String> answer = send(
                request("/internal/reservations").header(Xid.HEADER, XID).POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(calls.tried).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionExceptionCode.class,
            names = {
                "GlobalTransactionNotExist",
                "GlobalTransactionNotActive",
                "GlobalTransactionStatusInvalid",
                "BranchTransactionNotExist",
                "TransactionTimeout"
            })
    void an_xid_that_the_coordinator_does_not_know_is_a_conflict(TransactionExceptionCode code) throws Exception {
        HttpResponse<String> answer = get("/internal/problem/" + code, XID);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("\"code\":\"global-transaction-not-active\"");
    }

    @Test
    void a_coordinator_that_does_not_answer_is_unavailability_and_no_fault_of_the_caller() throws Exception {
        HttpResponse<String> answer = get("/internal/problem/IO", XID);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .contains("\"code\":\"coordinator-unavailable\"")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionExceptionCode.class,
            names = {"IO", "BranchRegisterFailed", "FailedToAddBranch", "FailedStore", "NotRaftLeader"})
    void what_may_pass_at_the_coordinator_is_unavailability(TransactionExceptionCode code) throws Exception {
        assertThat(get("/internal/problem/" + code, XID).statusCode()).isEqualTo(503);
    }

    @Test
    void a_branch_that_seata_holds_to_make_no_sense_is_refused_for_good() throws Exception {
        HttpResponse<String> answer = get("/internal/senseless", XID);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"code\":\"branch-not-accepted\"").doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "too-large, 422, context-too-large,        has 8001 characters, and the coordinator keeps 8000",
        "missing,   400, context-value-missing,    was called without sku",
        "elsewhere, 500, action-in-other-database, asked the data source archive for a connection"
    })
    void a_refused_try_tells_why_and_whose_fault_it_is(String kind, int status, String code, String detail)
            throws Exception {
        HttpResponse<String> answer = get("/internal/refused/" + kind, XID);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", detail);
    }

    // Outbound

    @Test
    void a_feign_call_carries_the_xid_of_its_thread() {
        RootContext.bind(XID);

        assertThat(downstream(feignInterceptor).seen()).isEqualTo(XID);
    }

    @Test
    void a_feign_call_outside_a_global_transaction_carries_none_even_if_one_was_set_by_hand() {
        RequestInterceptor byHand = template -> template.header(Xid.HEADER, "10.0.0.9:8091:666");

        assertThat(downstream(byHand, feignInterceptor).seen()).isEqualTo("none");
    }

    @Test
    void a_feign_call_carries_the_xid_of_its_thread_and_not_one_that_was_set_by_hand() {
        RootContext.bind(XID);
        RequestTemplate template = new RequestTemplate().header(Xid.HEADER, "10.0.0.9:8091:666");

        feignInterceptor.apply(template);

        assertThat(template.headers().get(Xid.HEADER)).containsExactly(XID);
    }

    // The history of branches

    @Test
    void the_branches_of_a_global_transaction_are_told_to_its_neighbours() throws Exception {
        SCHEMA.run("""
                insert into tcc_fence_log
                    (xid, branch_id, action_name, status, gmt_create, gmt_modified, attempts, last_error)
                values
                    ('10.0.0.1:8091:5', 9007199254740993, 'stock.reserve', 2,
                        '2026-01-02 03:04:05.678', '2026-01-02 03:04:07.000', 3, 'the ledger is closed'),
                    ('10.0.0.1:8091:5', 4, 'stock.count', 1,
                        '2026-01-02 03:04:06.000', '2026-01-02 03:04:06.000', 0, null),
                    ('10.0.0.1:8091:6', 5, 'stock.reserve', 1,
                        '2026-01-02 03:04:06.000', '2026-01-02 03:04:06.000', 0, null);
                insert into tcc_attempt
                    (xid, branch_id, number, operation, started_at, ended_at, error, next_due_at, instance)
                values
                    ('10.0.0.1:8091:5', 9007199254740993, 3, 'CONFIRM', '2026-01-02 03:04:06.500',
                        '2026-01-02 03:04:06.600', 'the ledger is closed', '2026-01-02 03:04:07.000', 'shop-1');
                """);

        HttpResponse<String> answer = get("/internal/tcc/branches?xid=10.0.0.1:8091:5", null);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("""
                        [{"service":"shop","action":"stock.reserve","branchId":"9007199254740993","status":"COMMITTED",\
                        "createdAt":"2026-01-02T03:04:05.678Z","decidedAt":"2026-01-02T03:04:07Z","attempts":3,\
                        "lastError":"the ledger is closed","decision":null,"scheduledAt":null,"nextDueAt":null,"state":null,\
                        "failures":[{"number":3,"operation":"CONFIRM","startedAt":"2026-01-02T03:04:06.500Z",\
                        "endedAt":"2026-01-02T03:04:06.600Z","error":"the ledger is closed",\
                        "nextDueAt":"2026-01-02T03:04:07Z","instance":"shop-1"}]},\
                        {"service":"shop","action":"stock.count","branchId":"4","status":"TRIED",\
                        "createdAt":"2026-01-02T03:04:06Z","decidedAt":null,"attempts":0,"lastError":null,\
                        "decision":null,"scheduledAt":null,"nextDueAt":null,"state":"TRIED","failures":[]}]""");
    }

    @Test
    void an_unknown_global_transaction_has_no_branches_and_a_strange_one_is_refused() throws Exception {
        assertThat(get("/internal/tcc/branches?xid=10.0.0.1:8091:99", null).body())
                .isEqualTo("[]");
        assertThat(get("/internal/tcc/branches?xid=%27%20or%20%271%27%3D%271", null)
                        .statusCode())
                .isEqualTo(400);
        assertThat(get("/internal/tcc/branches?xid=%E5%BA%93%E5%AD%98", null).statusCode())
                .isEqualTo(400);
        assertThat(get("/internal/tcc/branches", null).statusCode()).isEqualTo(400);
    }

    // What the tests are made of

    private HttpResponse<String> get(String path, String xid) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).GET();
        return send(xid == null ? request : request.header(Xid.HEADER, xid));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Downstream downstream(RequestInterceptor... interceptors) {
        Feign.Builder builder = Feign.builder();
        for (RequestInterceptor interceptor : interceptors) {
            builder.requestInterceptor(interceptor);
        }
        return builder.target(Downstream.class, "http://127.0.0.1:" + port);
    }

    private interface Downstream {

        @RequestLine("GET /internal/seen")
        String seen();
    }

    static final class Calls {

        private final AtomicInteger handled = new AtomicInteger();
        private final AtomicInteger tried = new AtomicInteger();
        private final CompletableFuture<DeferredResult<String>> pending = new CompletableFuture<>();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Paths.class, ReserveAction.class})
    static class Service {

        @Bean
        Calls calls() {
            return new Calls();
        }

        /** Stands for whatever proves who calls: everybody is a service here, but for who says otherwise. */
        @Bean
        Filter everybodyIsAServiceButAStranger() {
            return (request, response, chain) -> chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public boolean isUserInRole(String role) {
                            return role.equals("SERVICE") && getHeader("X-Stranger") == null;
                        }
                    },
                    response);
        }
    }

    @RestController
    static class Paths {

        private final Calls calls;
        private final ReserveAction action;

        Paths(Calls calls, ReserveAction action) {
            this.calls = calls;
            this.action = action;
        }

        @GetMapping({"/internal/seen", "/orders/seen"})
        String seen() {
            calls.handled.incrementAndGet();
            String xid = RootContext.getXID();
            return xid == null ? "none" : xid;
        }

        @GetMapping("/internal/fails")
        String fails() {
            throw new IllegalStateException("on purpose");
        }

        @GetMapping("/internal/later")
        DeferredResult<String> later() {
            DeferredResult<String> result = new DeferredResult<>(10_000L);
            calls.pending.complete(result);
            return result;
        }

        @GetMapping("/internal/problem/{code}")
        String problem(@PathVariable TransactionExceptionCode code) {
            throw new FrameworkException(new TransactionException(code, "a secret of the coordinator"), "no branch");
        }

        @GetMapping("/internal/senseless")
        String senseless() {
            throw new FrameworkException(
                    new TransactionException(
                            TransactionExceptionCode.BranchRegisterFailed,
                            "a secret of the coordinator",
                            new IllegalArgumentException("applicationData is too large")),
                    "no branch");
        }

        @GetMapping("/internal/refused/{kind}")
        String refused(@PathVariable String kind) {
            throw switch (kind) {
                case "too-large" -> new TryRefusedException.ContextTooLarge("points.hold", 8_001, 8_000);
                case "missing" -> new TryRefusedException.ContextValueMissing("Points.hold", "sku");
                default -> new TryRefusedException.OtherDatabase("Points.hold", "archive", "points");
            };
        }

        @PostMapping("/internal/reservations")
        String reserve() {
            action.reserve(new BusinessActionContext());
            return "reserved";
        }
    }

    @LocalTCC
    public static class ReserveAction {

        private final Calls calls;

        ReserveAction(Calls calls) {
            this.calls = calls;
        }

        @TwoPhaseBusinessAction(
                name = "stock.reserve",
                commitMethod = "sell",
                rollbackMethod = "release",
                useTCCFence = true)
        public void reserve(BusinessActionContext context) {
            calls.tried.incrementAndGet();
        }

        public boolean sell(BusinessActionContext context) {
            return true;
        }

        public boolean release(BusinessActionContext context) {
            return true;
        }
    }
}

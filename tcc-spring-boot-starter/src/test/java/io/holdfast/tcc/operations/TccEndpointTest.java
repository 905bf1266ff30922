package io.holdfast.tcc.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service on a real port with an action of its own, as a team has it: one annotation and a few settings. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = TccEndpointTest.Service.class,
        properties = {
            "spring.application.name=shop",
            // No coordinator here: the test calls the fence as it would.
            "seata.enabled=false",
            "spring.datasource.hikari.auto-commit=false",
            "management.endpoints.web.exposure.include=tcc,metrics",
            "holdfast.tcc.phase-two.poll-interval=20ms",
            "holdfast.tcc.phase-two.gauge-interval=1s",
            "holdfast.tcc.actions.ledger.book.initial-delay=1h",
            "holdfast.tcc.actions.ledger.book.max-delay=1h"
        })
class TccEndpointTest {

    private static final String XID = "10.0.0.1:8091:7001";
    private static final TestSchema SCHEMA = TestDatabase.mariaDb().newSchema("endpoint");

    private static long branch;

    private final HttpClient http = HttpClient.newHttpClient();
    private final TccFence fence;
    private final LedgerAction action;
    private final JdbcTemplate jdbc;
    private final ApplicationEventPublisher events;
    private final ConfigurableEnvironment environment;
    private final Map<String, Object> live = new HashMap<>();

    @LocalServerPort
    private int port;

    @Autowired
    TccEndpointTest(
            TccFence fence,
            LedgerAction action,
            JdbcTemplate jdbc,
            ApplicationEventPublisher events,
            ConfigurableEnvironment environment) {
        this.fence = fence;
        // Seata calls the object behind the proxy.
        this.action = (LedgerAction) Objects.requireNonNull(AopProxyUtils.getSingletonTarget(action));
        this.jdbc = jdbc;
        this.events = events;
        this.environment = environment;
    }

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        registry.add("spring.datasource.url", SCHEMA::url);
        registry.add("spring.datasource.username", SCHEMA::user);
        registry.add("spring.datasource.password", SCHEMA::password);
    }

    @BeforeAll
    static void createTables() throws SQLException {
        SCHEMA.runScript("fence.sql");
    }

    @BeforeEach
    void erase() throws SQLException {
        SCHEMA.run("""
                delete from tcc_fence_log;
                delete from tcc_attempt;
                delete from tcc_audit;
                delete from tcc_paused_action;
                """);
        // An instance remembers how branches ended, so each test has one of its own.
        branch++;
        action.failures.clear();
        environment.getPropertySources().remove("live");
        environment.getPropertySources().addFirst(new MapPropertySource("live", live));
        changeLive(Map.of());
    }

    @Test
    void seatas_client_does_not_tell_of_every_call_of_the_coordinator() {
        for (String talkative : List.of(
                "org.apache.seata.core.rpc.processor.client.RmBranchCommitProcessor",
                "org.apache.seata.core.rpc.processor.client.RmBranchRollbackProcessor",
                "org.apache.seata.rm.AbstractRMHandler",
                "org.apache.seata.rm.AbstractResourceManager")) {
            Logger logger = (Logger) LoggerFactory.getLogger(talkative);
            assertThat(logger.getLevel()).as(talkative).isEqualTo(Level.WARN);
        }
    }

    @Test
    void a_branch_that_is_scheduled_is_listed_and_retried_by_hand() throws Exception {
        failConfirm(new IllegalStateException("the ledger is closed"));

        HttpResponse<String> listed = get("");
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(listed.body())
                .contains("\"xid\":\"" + XID + "\"", "\"branchId\":\"" + branch + "\"", "\"action\":\"ledger.book\"")
                .contains("\"state\":\"SCHEDULED\"", "\"attempts\":1", "the ledger is closed", "\"nextAttemptAt\":\"20")
                .contains("\"maxDelay\":\"PT1H\"", "\"deadline\":\"PT2M\"");
        action.failures.clear();

        HttpResponse<String> attempts = get("/" + XID + "/" + branch);
        assertThat(attempts.statusCode()).isEqualTo(200);
        assertThat(attempts.body())
                .contains("\"number\":1", "\"operation\":\"CONFIRM\"", "the ledger is closed", "\"nextDueAt\":\"20");
        assertThat(get("/" + XID + "/0").body()).isEqualTo("{\"attempts\":[]}");
        assertThat(get("/%E5%BA%93%E5%AD%98/1").body()).isEqualTo("{\"attempts\":[]}");
        assertThat(get("/" + XID + "/one").statusCode()).isEqualTo(400);

        assertThat(post("retry", body("\"reason\":\"open again\"")).statusCode())
                .isEqualTo(200);

        Awaitility.await().until(() -> get("").body().contains("\"branches\":[]"));
        assertThat(confirm()).isTrue();
        assertThat(audit()).isEqualTo("ada RETRY ledger.book: open again");
    }

    @Test
    void a_parked_branch_is_listed_with_its_context_and_resolved() throws Exception {
        failConfirm(new ConfirmRefusedException("no such account"));

        assertThat(get("?state=parked").body())
                .contains("\"state\":\"PARKED\"", "no such account", "actionContext")
                .doesNotContain("\"nextAttemptAt\":\"");
        assertThat(get("?state=scheduled").body()).contains("\"branches\":[]");

        assertThat(post("resolve", body("\"reason\":\"booked by hand\",\"outcome\":\"committed\""))
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("resolve", body("\"reason\":\"twice\",\"outcome\":\"committed\""))
                        .statusCode())
                .isEqualTo(409);
        assertThat(jdbc.queryForObject("select status from tcc_fence_log", Integer.class))
                .isEqualTo(2);
        assertThat(audit()).isEqualTo("ada RESOLVE ledger.book: booked by hand");
    }

    @Test
    void an_action_is_paused_and_resumed() throws Exception {
        assertThat(post("pause", "{\"action\":\"ledger.book\",\"who\":\"ada\",\"reason\":\"moving\"}")
                        .statusCode())
                .isEqualTo(200);
        tryBook();
        assertThat(confirm()).isFalse();
        assertThat(get("").body()).contains("\"paused\":[{\"action\":\"ledger.book\"", "moving");

        assertThat(post("resume", "{\"action\":\"ledger.book\",\"who\":\"ada\",\"reason\":\"moved\"}")
                        .statusCode())
                .isEqualTo(200);

        Awaitility.await().until(() -> confirm());
        assertThat(action.confirmed).containsEntry(branch, "account-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry   | {\"xid\":\"x\",\"branchId\":\"1\",\"who\":\"ada\"}                     | 400 | reason",
                "retry   | {\"xid\":\"x\",\"branchId\":\"1\",\"reason\":\"r\"}                    | 400 | who",
                "retry   | {\"xid\":\"x\",\"branchId\":\"one\",\"who\":\"ada\",\"reason\":\"r\"}  | 400 | branchId",
                "retry   | {\"xid\":\"x\",\"branchId\":\"1\",\"who\":\"ada\",\"reason\":\"r\"}    | 404 | no such",
                "resolve | {\"xid\":\"x\",\"branchId\":\"1\",\"who\":\"ada\",\"reason\":\"r\"}    | 400 | outcome",
                "pause   | {\"action\":\"no.such\",\"who\":\"ada\",\"reason\":\"r\"}              | 404 | no.such",
                "pause   | {\"who\":\"ada\",\"reason\":\"r\"}                                     | 400 | action",
                "explode | {\"who\":\"ada\",\"reason\":\"r\"}                                     | 404 | retry"
            })
    void what_cannot_be_done_is_refused_with_the_reason(String operation, String body, int status, String told)
            throws Exception {
        HttpResponse<String> answer = post(operation, body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(told);
        assertThat(jdbc.queryForObject("select count(*) from tcc_audit", Integer.class))
                .isZero();
    }

    @Test
    void what_no_database_takes_is_the_callers_fault() throws Exception {
        for (String who : List.of("a\\u0000b", "a\\nb", "\\ud83c")) {
            assertThat(post("pause", "{\"action\":\"ledger.book\",\"who\":\"" + who + "\",\"reason\":\"moving\"}")
                            .statusCode())
                    .as(who)
                    .isEqualTo(400);
        }
        assertThat(get("?action=a%00b").statusCode()).isEqualTo(400);
        assertThat(get("").body()).contains("\"paused\":[]");
    }

    @Test
    void a_policy_that_is_changed_while_the_service_runs_is_obeyed_at_once() throws Exception {
        failConfirm(new IllegalStateException("the ledger is closed"));
        action.failures.clear();

        changeLive(Map.of(
                "holdfast.tcc.actions.ledger.book.initial-delay", "10ms",
                "holdfast.tcc.actions.ledger.book.max-delay", "10ms"));

        Awaitility.await().until(() -> confirm());
        assertThat(action.confirmed).containsKey(branch);
    }

    @Test
    void the_backlog_is_a_metric() throws Exception {
        failConfirm(new ConfirmRefusedException("no such account"));

        Awaitility.await().until(() -> getPath("/actuator/metrics/holdfast.tcc.backlog?tag=state:parked")
                .body()
                .contains("\"value\":1.0"));
        assertThat(getPath("/actuator/metrics/holdfast.tcc.parked").statusCode())
                .isEqualTo(200);
    }

    // What the tests are made of

    private void changeLive(Map<String, Object> settings) {
        live.clear();
        live.putAll(settings);
        events.publishEvent(new EnvironmentChangeEvent(Set.of("holdfast.tcc.actions.ledger.book.initial-delay")));
    }

    private void tryBook() {
        fence.prepareFence(XID, branch, "ledger.book", () -> "tried");
    }

    private void failConfirm(RuntimeException failure) {
        action.failures.put(branch, failure);
        tryBook();
        confirm();
    }

    private boolean confirm() {
        BusinessActionContext context =
                new BusinessActionContext(XID, Long.toString(branch), new HashMap<>(Map.of("account", "account-1")));
        context.setActionName("ledger.book");
        try {
            return fence.commitFence(
                    LedgerAction.class.getMethod("book", BusinessActionContext.class),
                    action,
                    XID,
                    branch,
                    new Object[] {context});
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable String audit() {
        return jdbc.queryForObject(
                "select concat(who, ' ', operation, ' ', action_name, ': ', reason) from tcc_audit", String.class);
    }

    private static String body(String rest) {
        return "{\"xid\":\"%s\",\"branchId\":\"%s\",\"who\":\"ada\",%s}".formatted(XID, branch, rest);
    }

    private HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return getPath("/actuator/tcc" + query);
    }

    private HttpResponse<String> getPath(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String operation, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/tcc/" + operation))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {

        @Bean
        LedgerAction ledgerAction() {
            return new LedgerAction();
        }
    }

    @LocalTCC
    @PhaseTwoPolicy(deadline = "2m")
    public static class LedgerAction {

        private final Map<Long, RuntimeException> failures = new ConcurrentHashMap<>();
        private final Map<Long, String> confirmed = new ConcurrentHashMap<>();

        @TwoPhaseBusinessAction(
                name = "ledger.book",
                commitMethod = "book",
                rollbackMethod = "forget",
                useTCCFence = true)
        public void open(BusinessActionContext context) {}

        public boolean book(BusinessActionContext context) {
            RuntimeException failure = failures.get(context.getBranchId());
            if (failure != null) {
                throw failure;
            }
            confirmed.put(context.getBranchId(), String.valueOf(context.getActionContext("account")));
            return true;
        }

        public boolean forget(BusinessActionContext context) {
            return true;
        }
    }
}

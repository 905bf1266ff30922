package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.audit.AuditCleaner;
import io.holdfast.edge.testtokens.RawRequest;
import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.payment.StandInCoordinator.Database;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator does to money, and what of it the database knows afterwards. */
@OnRealDatabase
@ExtendWith(OutputCaptureExtension.class)
class AuditTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DEPOSIT = """
            {"amount":{"minor":1000,"currency":"CNY"}}""";

    private final int port;
    private final int managementPort;
    private final TestTokens tokens;
    private final JdbcTemplate jdbc;
    private final LoggingSystem logging;
    private final AuditCleaner cleaner;
    private final Set<String> changingEndpoints = new TreeSet<>();

    private final String buyer = "audited-" + NUMBERS.incrementAndGet();
    private final String key = "audit-" + NUMBERS.incrementAndGet();
    private final String path = "/accounts/" + buyer + "/deposits";

    AuditTest(
            @LocalServerPort int port,
            @LocalManagementPort int managementPort,
            @Autowired TestTokens tokens,
            @Autowired Database database,
            @Autowired LoggingSystem logging,
            @Autowired AuditCleaner cleaner,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping endpoints) {
        this.port = port;
        this.managementPort = managementPort;
        this.tokens = tokens;
        this.jdbc = database.jdbc();
        this.logging = logging;
        this.cleaner = cleaner;
        endpoints.getHandlerMethods().keySet().forEach(mapping -> mapping.getMethodsCondition().getMethods().stream()
                .filter(method -> !Set.of("GET", "HEAD").contains(method.name()))
                .forEach(method -> mapping.getPatternValues().stream()
                        .filter(pattern -> !pattern.startsWith("/internal/"))
                        .forEach(pattern -> changingEndpoints.add(method + " " + pattern))));
    }

    @Test
    void thereAreNoChangesByPeopleButThoseThatAreTriedHere() {
        assertThat(changingEndpoints).containsExactly("POST /accounts/{buyerId}/deposits");
    }

    @Test
    void aDepositsRowNamesTheOperatorTheAmountTheKeyAndTheReasonInAnyScript() {
        RawRequest.Answer answer = deposit(key, "期初余额".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(rows("who, method, target, resource, amount, idempotency_key, reason, effect, trace_id"))
                .containsExactly(List.of(
                        "olga",
                        "POST",
                        path,
                        "account " + buyer,
                        "1000 CNY",
                        key,
                        "期初余额",
                        "CHANGED",
                        answer.header("X-Trace-Id")));
        assertThat(deposited()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "Größe, UTF-8, Größe",
        "Größe, ISO-8859-1, Größe",
        "%E6%9C%9F%E5%88%9D, UTF-8, 期初",
        "100% sure, UTF-8, 100% sure",
        "🍵, UTF-8, 🍵"
    })
    void aReasonIsKeptAsItWasMeant(String sent, Charset charset, String kept) {
        assertThat(deposit(key, sent.getBytes(charset)).status()).isEqualTo(201);

        assertThat(rows("reason")).containsExactly(List.of(kept));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "", " ", "a%0Ab", "a\u0096b", "a\u0085b", "LONG"})
    void withoutAReasonThatCanBeReadNothingIsBookedAndNothingIsKept(String reason) {
        RawRequest request = RawRequest.of("POST", path)
                .header("Authorization", tokens.authorizationFor(path))
                .header("Idempotency-Key", key);
        if (!reason.equals("-")) {
            String sent = reason.equals("LONG") ? "x".repeat(201) : reason;
            request.header("X-Reason", sent.getBytes(StandardCharsets.ISO_8859_1));
        }

        RawRequest.Answer answer = request.send(port, DEPOSIT);

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.text()).contains("application/problem+json", "\"code\":");
        assertThat(jdbc.queryForList("select 1 from account where buyer_id = ?", buyer))
                .isEmpty();
        assertThat(rows("who")).isEmpty();
        // The key is free: the request may be sent again as it should be.
        assertThat(deposit(key, "delivered".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(201);
        assertThat(deposited()).isEqualTo(1000);
    }

    @Test
    void whatIsRolledBackLeavesNoRow() {
        assertThat(deposit(key, reason("first")).status()).isEqualTo(201);

        RawRequest.Answer otherCurrency =
                send("POST", path, tokens.authorizationFor(path), key + "-b", "second", DEPOSIT.replace("CNY", "EUR"));

        assertThat(otherCurrency.status()).isEqualTo(400);
        assertThat(rows("reason")).containsExactly(List.of("first"));
    }

    @Test
    void aChangeThatCannotBeAuditedIsNotMade() {
        jdbc.execute("rename table audit_entry to audit_entry_away");
        try {
            assertThat(deposit(key, reason("unseen")).status()).isGreaterThanOrEqualTo(500);
            assertThat(jdbc.queryForList("select 1 from account where buyer_id = ?", buyer))
                    .isEmpty();
        } finally {
            jdbc.execute("rename table audit_entry_away to audit_entry");
        }
        assertThat(deposit(key, reason("seen")).status()).isEqualTo(201);
        assertThat(rows("reason, effect")).containsExactly(List.of("seen", "CHANGED"));
        assertThat(deposited()).isEqualTo(1000);
    }

    @Test
    void aRepeatedRequestSaysThatItChangedNothing() {
        assertThat(deposit(key, reason("first")).status()).isEqualTo(201);
        assertThat(deposit(key, reason("again")).status()).isEqualTo(200);

        assertThat(rows("reason, effect, amount"))
                .containsExactly(List.of("first", "CHANGED", "1000 CNY"), List.of("again", "UNCHANGED", "1000 CNY"));
        assertThat(deposited()).isEqualTo(1000);
    }

    @Test
    void noLevelOfALoggerSilencesIt(CapturedOutput output) {
        try {
            logging.setLogLevel("io.holdfast", LogLevel.WARN);
            logging.setLogLevel("io.holdfast.audit", LogLevel.OFF);
            assertThat(deposit(key, reason("quiet please")).status()).isEqualTo(201);
        } finally {
            logging.setLogLevel("io.holdfast", null);
        }

        assertThat(rows("reason")).containsExactly(List.of("quiet please"));
        assertThat(output).contains("what=\"POST " + path + "\" reason=\"quiet please\"");
    }

    @Test
    void anOperatorsReadsAreKeptAndRefusedOnesAndBuyersAreNot() {
        assertThat(deposit(key, reason("first")).status()).isEqualTo(201);
        String account = "/accounts/" + buyer;
        jdbc.update("delete from audit_entry where target like ?", "%" + buyer + "%");

        assertThat(get(account, tokens.authorizationFor(account)).status()).isEqualTo(200);
        assertThat(get(account + "?why=curious", tokens.authorizationFor(account))
                        .status())
                .isEqualTo(200);
        assertThat(get(account + "-unknown", tokens.authorizationFor(account)).status())
                .isEqualTo(404);
        assertThat(get(account, tokens.buyer(buyer)).status()).isEqualTo(200);

        assertThat(rows("who, method, target, reason, effect"))
                .containsExactly(
                        Arrays.asList("olga", "GET", account, null, "READ"),
                        Arrays.asList("olga", "GET", account + "?why=curious", null, "READ"));
    }

    @Test
    void whatCannotBeAuditedIsNotShown() {
        assertThat(deposit(key, reason("first")).status()).isEqualTo(201);
        jdbc.execute("rename table audit_entry to audit_entry_away");
        try {
            RawRequest.Answer answer = get("/accounts/" + buyer, tokens.authorizationFor("/accounts"));
            assertThat(answer.status()).isGreaterThanOrEqualTo(500);
            assertThat(answer.text()).doesNotContain("balance");
            assertThat(get("/accounts/" + buyer, tokens.buyer(buyer)).status()).isEqualTo(200);
        } finally {
            jdbc.execute("rename table audit_entry_away to audit_entry");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"payment.open\",\"action\":\"payment.capture\",\"reason\":\"twice\"}",
                "{\"action\":\"payment.open\",\"raeson\":\"a typo\",\"reason\":\"gateway is down\"}",
                "{\"action\":\"payment.open\",\"reason\":\"one\"}{\"action\":\"payment.open\"}"
            })
    void whatIsNotExactlyAsDescribedIsRefusedAtTheManagementPortBeforeAnyEffect(String body) {
        RawRequest.Answer refused = pause().send(managementPort, body);

        assertThat(refused.status()).as("%s", refused).isEqualTo(400);
        assertThat(refused.text()).contains("application/problem+json", "\"traceId\"");
        assertThat(jdbc.queryForList("select 1 from tcc_paused_action")).isEmpty();
    }

    @Test
    void anEncodedBodyIsRefusedAtTheManagementPortToo() {
        RawRequest.Answer refused =
                pause().header("Content-Encoding", "gzip").send(managementPort, "{\"action\":\"payment.open\"}");

        assertThat(refused.status()).as("%s", refused).isEqualTo(415);
        assertThat(refused.header("Accept-Encoding")).isEqualTo("identity");
        assertThat(jdbc.queryForList("select 1 from tcc_paused_action")).isEmpty();
    }

    private RawRequest pause() {
        String pause = "/actuator/tcc/pause";
        return RawRequest.of("POST", pause)
                .header("Authorization", tokens.authorizationFor(pause))
                .header("X-Reason", "a test");
    }

    @Test
    void actsAtTheManagementPortNeedAReasonAndLeaveARow() {
        String body = "{\"action\":\"payment.open\",\"reason\":\"gateway is down\"}";
        String pause = "/actuator/tcc/pause";
        RawRequest.Answer refused = RawRequest.of("POST", pause)
                .header("Authorization", tokens.authorizationFor(pause))
                .send(managementPort, body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("reason-missing");
        assertThat(jdbc.queryForList("select 1 from tcc_paused_action")).isEmpty();

        try {
            RawRequest.Answer done = RawRequest.of("POST", pause)
                    .header("Authorization", tokens.authorizationFor(pause))
                    .header("X-Reason", "网关".getBytes(StandardCharsets.UTF_8))
                    .send(managementPort, body);
            assertThat(done.status()).as("%s", done).isEqualTo(200);
            assertThat(jdbc.queryForList(
                            "select concat(who, ' ', reason, ' ', effect) from audit_entry where target = ?",
                            String.class,
                            pause))
                    .containsExactly("olga 网关 CHANGED");
        } finally {
            RawRequest.of("POST", "/actuator/tcc/resume")
                    .header("Authorization", tokens.authorizationFor(pause))
                    .header("X-Reason", "over")
                    .send(managementPort, body);
        }
        assertThat(jdbc.queryForList("select 1 from tcc_paused_action")).isEmpty();
        assertThat(jdbc.queryForObject(
                        "select count(*) from audit_entry where target = '/actuator/tcc/resume' and effect = 'CHANGED'",
                        Integer.class))
                .isPositive();
        RawRequest.Answer looked = RawRequest.of("POST", "/actuator/reconciliation/run")
                .header("Authorization", tokens.authorizationFor(pause))
                .header("X-Reason", "monthly")
                .send(managementPort, "{\"reason\":\"monthly\"}");
        assertThat(looked.status()).isEqualTo(200);
        assertThat(jdbc.queryForList(
                        "select concat(reason, ' ', effect) from audit_entry where target = '/actuator/reconciliation/run'",
                        String.class))
                .containsExactly("monthly CHANGED");
    }

    @Test
    void operatorsListItPageByPageByWhoAndWhen() {
        for (int i = 1; i <= 5; i++) {
            assertThat(deposit(key + "-" + i, reason("number " + i)).status()).isEqualTo(201);
        }
        JsonNode first = audit("/audit?size=2&who=olga");
        assertThat(first.at("/entries/0/reason").asString()).isEqualTo("number 5");
        assertThat(first.at("/entries/1/reason").asString()).isEqualTo("number 4");
        assertThat(first.at("/entries/0/idempotencyKey").asString()).isEqualTo(key + "-5");
        assertThat(first.at("/entries/0/effect").asString()).isEqualTo("CHANGED");
        JsonNode second =
                audit("/audit?size=2&who=olga&after=" + first.get("next").asString());
        assertThat(second.at("/entries/0/reason").asString()).isEqualTo("number 3");
        assertThat(second.at("/entries/1/reason").asString()).isEqualTo("number 2");

        String at = first.at("/entries/1/at").asString();
        assertThat(audit("/audit?size=100&from=" + at).get("entries").size()).isBetween(2, 6);
        JsonNode before = audit("/audit?size=1&to=" + at);
        assertThat(before.at("/entries/0/reason").asString()).startsWith("number");
        assertThat(before.at("/entries/0/reason").asString()).isNotIn("number 4", "number 5");
        JsonNode nobody = audit("/audit?who=nobody");
        assertThat(nobody.get("entries").size()).isZero();
        assertThat(nobody.has("next")).isFalse();
        assertThat(audit("/audit?from=-1000000000-01-01T00:00:00Z&to=%2B1000000000-12-31T23:59:59Z&size=1")
                        .get("entries")
                        .size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size=0",
                "size=101",
                "size=x",
                "after=x",
                "after=1",
                "after=1-99999999999999999999",
                "from=yesterday",
                "to=now"
            })
    void whatTheListCannotBeAskedIsRefused(String query) {
        RawRequest.Answer answer = get("/audit?" + query, tokens.authorizationFor("/audit"));

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.text()).contains("invalid-request");
    }

    @Test
    void whatIsOlderThanTheRetentionGoesAndNothingElse() {
        String add = "insert into audit_entry (happened_at, who, method, target, reason, effect, trace_id)"
                + " select utc_timestamp(3) - interval ? day, 'olga', 'POST', ?, 'long ago', 'CHANGED', repeat('0', 32)"
                + " from seq_1_to_";
        jdbc.update(add + "1200", 401, "/old/" + buyer);
        jdbc.update(add + "3", 399, "/young/" + buyer);

        cleaner.clean();

        assertThat(rows("target")).hasSize(3).allSatisfy(row -> assertThat(row).containsExactly("/young/" + buyer));
    }

    @Test
    void theListIsForOperatorsOnly() {
        assertThat(get("/audit", tokens.buyer(buyer)).status()).isEqualTo(403);
        assertThat(RawRequest.of("GET", "/audit").send(port, "").status()).isEqualTo(401);
    }

    private JsonNode audit(String query) {
        RawRequest.Answer answer = get(query, tokens.authorizationFor("/audit"));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return JSON.readTree(answer.text().substring(answer.text().indexOf("\r\n\r\n") + 4));
    }

    private static byte[] reason(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private RawRequest.Answer deposit(String idempotencyKey, byte[] reason) {
        return RawRequest.of("POST", path)
                .header("Authorization", tokens.authorizationFor(path))
                .header("Idempotency-Key", idempotencyKey)
                .header("X-Reason", reason)
                .send(port, DEPOSIT);
    }

    private RawRequest.Answer send(
            String method, String target, String authorization, String idempotencyKey, String reason, String body) {
        return RawRequest.of(method, target)
                .header("Authorization", authorization)
                .header("Idempotency-Key", idempotencyKey)
                .header("X-Reason", reason)
                .send(port, body);
    }

    private RawRequest.Answer get(String target, String authorization) {
        return RawRequest.of("GET", target)
                .header("Authorization", authorization)
                .send(port, "");
    }

    private long deposited() {
        return jdbc.queryForObject("select deposited from account where buyer_id = ?", Long.class, buyer);
    }

    /** Of this test's buyer, in the order in which they were written. */
    private List<List<Object>> rows(String columns) {
        return jdbc.query(
                "select " + columns + " from audit_entry where target like ? order by id",
                (row, number) -> {
                    List<Object> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.add(row.getString(i));
                    }
                    return values;
                },
                "%/" + buyer + "%");
    }
}

package io.holdfast.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.RawRequest;
import io.holdfast.edge.testtokens.TestTokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What an operator does to stock, and what of it the database knows afterwards. */
@OnRealDatabase
class AuditTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int port;
    private final TestTokens tokens;
    private final StockTables tables;
    private final Set<String> changingEndpoints = new TreeSet<>();

    private final String sku = "audited-" + NUMBERS.incrementAndGet();
    private final String key = "audit-" + NUMBERS.incrementAndGet();
    private final String path = "/stock/" + sku + "/receipts";

    AuditTest(
            @LocalServerPort int port,
            @Autowired TestTokens tokens,
            @Autowired StockTables tables,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping endpoints) {
        this.port = port;
        this.tokens = tokens;
        this.tables = tables;
        endpoints.getHandlerMethods().keySet().forEach(mapping -> mapping.getMethodsCondition().getMethods().stream()
                .filter(method -> !Set.of("GET", "HEAD").contains(method.name()))
                .forEach(method -> mapping.getPatternValues().stream()
                        .filter(pattern -> !pattern.startsWith("/internal/"))
                        .forEach(pattern -> changingEndpoints.add(method + " " + pattern))));
    }

    @Test
    void thereAreNoChangesByPeopleButThoseThatAreTriedHere() {
        assertThat(changingEndpoints).containsExactly("POST /stock/{sku}/receipts");
    }

    @Test
    void aReceiptsRowNamesTheOperatorTheQuantityTheKeyAndTheReasonInAnyScript() {
        RawRequest.Answer answer = receive(key, "期初余额".getBytes(StandardCharsets.UTF_8), "{\"quantity\":7}");

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(
                        rows(
                                "concat_ws('|', who, method, target, resource, amount, idempotency_key, reason, effect, trace_id)"))
                .containsExactly(String.join(
                        "|",
                        "olga",
                        "POST",
                        path,
                        "sku " + sku,
                        "7",
                        key,
                        "期初余额",
                        "CHANGED",
                        answer.header("X-Trace-Id")));
        assertThat(tables.level(sku)).containsExactly("7/0/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a%0Ab", "a\u0096b"})
    void withoutAReasonThatCanBeReadNothingComesInAndNothingIsKept(String reason) {
        RawRequest.Answer answer = receive(key, reason.getBytes(StandardCharsets.ISO_8859_1), "{\"quantity\":7}");

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(tables.level(sku)).isEmpty();
        assertThat(rows("who")).isEmpty();
    }

    @Test
    void whatIsRolledBackLeavesNoRowAndWhatIsRepeatedSaysSo() {
        String all = "{\"quantity\":%d}".formatted(Long.MAX_VALUE);
        assertThat(receive(key, reason("first"), all).status()).isEqualTo(201);
        assertThat(receive(key + "-b", reason("too many"), "{\"quantity\":1}").status())
                .isEqualTo(400);
        assertThat(receive(key, reason("again"), all).status()).isEqualTo(200);

        assertThat(rows("concat(reason, ' ', effect)")).containsExactly("first CHANGED", "again UNCHANGED");
    }

    @Test
    void aChangeThatCannotBeAuditedIsNotMade() {
        tables.jdbc.execute("rename table audit_entry to audit_entry_away");
        try {
            assertThat(receive(key, reason("unseen"), "{\"quantity\":7}").status())
                    .isGreaterThanOrEqualTo(500);
            assertThat(tables.level(sku)).isEmpty();
        } finally {
            tables.jdbc.execute("rename table audit_entry_away to audit_entry");
        }
    }

    @Test
    void whatThereIsIsNobodysAndLookingAtItLeavesNoRow() {
        receive(key, reason("first"), "{\"quantity\":7}");

        assertThat(RawRequest.of("GET", "/stock/" + sku)
                        .header("Authorization", tokens.authorizationFor(path))
                        .send(port, "")
                        .status())
                .isEqualTo(200);

        assertThat(rows("effect")).containsExactly("CHANGED");
    }

    @Test
    void operatorsListItAndBuyersDoNot() {
        receive(key, reason("first"), "{\"quantity\":7}");

        RawRequest.Answer list = RawRequest.of("GET", "/audit?size=1")
                .header("Authorization", tokens.authorizationFor("/audit"))
                .send(port, "");
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.text()).contains("\"target\":\"" + path + "\"", "\"reason\":\"first\"");
        assertThat(RawRequest.of("GET", "/audit")
                        .header("Authorization", tokens.buyer("alice"))
                        .send(port, "")
                        .status())
                .isEqualTo(403);
    }

    private static byte[] reason(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private RawRequest.Answer receive(String idempotencyKey, byte[] reason, String body) {
        return RawRequest.of("POST", path)
                .header("Authorization", tokens.authorizationFor(path))
                .header("Idempotency-Key", idempotencyKey)
                .header("X-Reason", reason)
                .send(port, body);
    }

    /** Of this test's SKU, in the order in which they were written. */
    private List<String> rows(String column) {
        return tables.jdbc.queryForList(
                "select " + column + " from audit_entry where target like ? order by id",
                String.class,
                "%/" + sku + "%");
    }
}

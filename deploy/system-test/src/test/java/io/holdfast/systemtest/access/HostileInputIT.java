package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.ownservice.OwnService;
import io.holdfast.systemtest.ownservice.OwnServiceExtension;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.tm.api.GlobalTransaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What nobody should send, sent to every endpoint of every service, by somebody whom it lets in: each text replaced by SQL, each
 * array made too long, bodies too large and too deep. Internal endpoints get it together with a live xid.
 */
@OnThePlatform
@ExtendWith(OwnServiceExtension.class)
@Order(18)
class HostileInputIT {

    private static final String SQL = "x' or '1'='1'; drop table orders; --";

    private final Platform platform;
    private final Databases databases;
    private final List<Endpoint> endpoints;
    private GlobalTransaction live;
    private Map<String, Long> totals;
    private Map<String, Long> traces;

    /** @param service begins global transactions */
    HostileInputIT(Platform platform, Databases databases, OwnService service) {
        assertThat(service).isNotNull();
        this.platform = platform;
        this.databases = databases;
        this.endpoints = Endpoint.of(platform);
    }

    @BeforeEach
    void begin() throws TransactionException {
        live = OwnService.begin();
        totals = databases.totals();
        traces = databases.traces();
    }

    @AfterEach
    void nothingHasChanged() throws TransactionException {
        assertThat(databases.number("select count(*) from seata.branch_table where xid = ?", live.getXid()))
                .as("branches registered")
                .isZero();
        live.rollback();
        RootContext.unbind();
        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(databases.traces()).isEqualTo(traces);
    }

    @Test
    void sqlInAnyTextOfAnyBodyIsRefused() {
        int tried = 0;
        for (Endpoint endpoint : bodies()) {
            for (var body : endpoint.bodiesWithEachTextReplaced(SQL).entrySet()) {
                assertRefused(
                        endpoint,
                        body.getKey(),
                        endpoint.call(headers(endpoint), body.getValue().toString()));
                tried++;
            }
        }
        // buyer, SKU, currency, method and more of an order alone
        assertThat(tried).isGreaterThan(10);
    }

    @Test
    void sqlInAnyTextOfAnyAddressIsRefused() {
        int tried = 0;
        for (Endpoint endpoint : endpoints) {
            for (String parameter : endpoint.textParameters()) {
                for (String text : List.of(SQL, "'", "a\"b", "%", "1) or (1=1", "../../etc", "x".repeat(500))) {
                    String url = endpoint.url(parameter, encoded(text));
                    String body = endpoint.takesBody() ? endpoint.body().toString() : "";
                    Answer answer = endpoint.callAt(url, headers(endpoint), body);
                    // An Idempotency-Key may be made of any visible characters, and the name of somebody whom another
                    // issuer knows of any: it is looked for, and not found.
                    if (answer.status() != 200 || !answer.text().matches("\\{\"(charges|entries)\":\\[].*")) {
                        assertRefused(endpoint, parameter, answer);
                    }
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(30);
    }

    @Test
    void anArrayThatIsTooLongIsRefused() {
        int tried = 0;
        for (Endpoint endpoint : bodies()) {
            for (var body : endpoint.bodiesWithEachArrayTooLong().entrySet()) {
                assertRefused(
                        endpoint,
                        body.getKey(),
                        endpoint.call(headers(endpoint), body.getValue().toString()));
                tried++;
            }
        }
        assertThat(tried).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aBodyThatIsTooLargeTooDeepOrNoJsonIsRefused() {
        String good;
        for (Endpoint endpoint : bodies()) {
            good = endpoint.body().toString();
            assertRefused(endpoint, "deep", endpoint.call(headers(endpoint), "[".repeat(50_000)));
            assertRefused(
                    endpoint,
                    "deep in a member",
                    endpoint.call(headers(endpoint), good.replaceFirst("\\{", "{\"deep\":" + "[".repeat(900) + ",")));
            assertRefused(
                    endpoint, "1 MB", endpoint.call(headers(endpoint), "{\"x\":\"" + "x".repeat(1 << 20) + "\"}"));
            assertRefused(endpoint, "no JSON", endpoint.call(headers(endpoint), "a=b&c=d"));
            Answer large = endpoint.call(headers(endpoint), good + " ".repeat(3 << 20));
            // Rights come before size.
            boolean forbidden = large.status() == 403
                    && endpoint.call(headers(endpoint), good).status() == 403;
            assertThat(large.status()).as("%s, 3 MB: %s", endpoint, large).isEqualTo(forbidden ? 403 : 413);
        }
    }

    @Test
    void headersThatAreTooLargeAreRefused() {
        for (Endpoint endpoint : endpoints) {
            Map<String, String> headers = Map.of("X-Much", "x".repeat(10_000));
            String body = endpoint.takesBody() ? endpoint.body().toString() : "";
            assertRefused(endpoint, "10 kB of a header", answered(() -> endpoint.call(headers, body)));
            Map<String, String> xid = Map.of("TX_XID", live.getXid() + "1".repeat(10_000));
            assertRefused(endpoint, "10 kB of an xid", answered(() -> endpoint.call(xid, body)));
        }
    }

    /** The server closes a connection whose headers it has not read to their end, and the reset may overtake its answer. */
    private static Answer answered(Callable<Answer> call) {
        return await("an answer")
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptionsMatching(failure -> failure.getCause() instanceof IOException)
                .until(call, answer -> true);
    }

    private List<Endpoint> bodies() {
        return endpoints.stream().filter(Endpoint::takesBody).toList();
    }

    private Map<String, String> headers(Endpoint endpoint) {
        return endpoint.isForServices() ? Map.of("TX_XID", live.getXid()) : Map.of();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void assertRefused(Endpoint endpoint, String what, Answer answer) {
        assertThat(answer.status()).as("%s, %s: %s", endpoint, what, answer).isBetween(400, 499);
        assertThat(answer.contentType())
                .as("%s, %s: %s", endpoint, what, answer)
                .startsWith("application/problem+json");
        assertThat(answer.code()).as("%s, %s", endpoint, what).isNotEmpty();
    }
}

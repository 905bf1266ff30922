package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whatever collects metrics has a token that is worth nothing to anybody else. */
@OnRealDatabase
class MonitorTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final TestTokens tokens;
    private final JdbcTemplate database;
    private final String service;
    private final String management;

    MonitorTest(
            @Autowired TestTokens tokens,
            @Autowired JdbcTemplate database,
            @Value("${local.server.port}") int port,
            @Value("${local.management.port}") int managementPort) {
        this.tokens = tokens;
        this.database = database;
        this.service = "http://127.0.0.1:" + port;
        this.management = "http://127.0.0.1:" + managementPort;
    }

    @Test
    void aMonitorReadsAndCanNeitherDepositMoneyNorRequeueAMessage() throws Exception {
        assertThat(status("GET", management + "/actuator/tcc", "")).isEqualTo(200);
        assertThat(status("HEAD", management + "/actuator/info", "")).isEqualTo(200);

        String deposit = "{\"amount\":{\"minor\":100,\"currency\":\"CNY\"}}";
        assertThat(status("POST", service + "/accounts/monitored/deposits", deposit))
                .isEqualTo(403);
        assertThat(status("GET", service + "/accounts/monitored", "")).isEqualTo(403);
        assertThat(status("POST", management + "/actuator/reconciliation/run", "{}"))
                .isEqualTo(403);
        assertThat(status("POST", management + "/actuator/messages/any", "{}")).isEqualTo(403);
        assertThat(database.queryForObject("select count(*) from account where buyer_id = 'monitored'", Long.class))
                .isZero();
    }

    private int status(String method, String address, String body) throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(address))
                                .timeout(Duration.ofSeconds(10))
                                .header("Authorization", tokens.monitor())
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", "monitor-1")
                                .header("X-Reason", "none")
                                .method(
                                        method,
                                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }
}

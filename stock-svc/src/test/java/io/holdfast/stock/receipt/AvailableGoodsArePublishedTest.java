package io.holdfast.stock.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.stock.OnRealDatabase;
import io.holdfast.stock.StockTables;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That a sold-out SKU has goods again is published in the transaction that makes them available. */
@OnRealDatabase
class AvailableGoodsArePublishedTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RestTestClient http;
    private final StockTables tables;
    private final String sku = "published-" + UUID.randomUUID();

    AvailableGoodsArePublishedTest(
            @LocalServerPort int port, @Autowired StockTables tables, @Autowired TestTokens tokens) {
        this.http = RestTestClient.bindToServer(tokens.requests())
                .baseUrl("http://127.0.0.1:" + port)
                .build();
        this.tables = tables;
    }

    @Test
    void aReceiptIsPublishedOnceHoweverOftenItIsSent() {
        // As long as a key may be.
        String key = "k".repeat(28) + UUID.randomUUID();
        assertThat(receive(key, 5)).isEqualTo(201);
        assertThat(receive(key, 5)).isEqualTo(200);
        assertThat(receive(key, 6)).isEqualTo(422);

        assertThat(published()).singleElement().satisfies(payload -> {
            JsonNode event = JSON.readTree(payload);
            assertThat(event.get("event").asString()).isEqualTo("available");
            assertThat(event.get("sku").asString()).isEqualTo(sku);
            assertThat(event.get("quantity").asLong()).isEqualTo(5);
            assertThat(event.has("at")).isTrue();
        });
    }

    @Test
    void aReceiptThatIsRefusedIsNotPublished() {
        assertThat(receive("first-" + sku, Long.MAX_VALUE)).isEqualTo(201);

        assertThat(receive("more-" + sku, 1)).isEqualTo(400);

        assertThat(published()).hasSize(1);
    }

    @Test
    void whatComesBackFromASaleIsPublishedLikeGoodsThatComeIn() {
        String sale = UUID.randomUUID().toString();
        assertThat(receive("goods-" + sku, 5)).isEqualTo(201);
        http.put()
                .uri("/internal/sales/{sale}/quota", sale)
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"sku\":\"%s\",\"quota\":5}".formatted(sku))
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(published()).hasSize(1);

        for (int i = 0; i < 2; i++) {
            http.post()
                    .uri("/internal/sales/{sale}/quota/return", sale)
                    .exchange()
                    .expectStatus()
                    .isOk();
        }

        assertThat(published()).hasSize(2);
    }

    private int receive(String key, long quantity) {
        return http.post()
                .uri("/stock/{sku}/receipts", sku)
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"quantity\":%d}".formatted(quantity))
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }

    /** By the database. */
    private List<String> published() {
        return tables.jdbc.queryForList(
                "select payload from local_message where topic = 'holdfast.stock.events' and message_key = ? order by id",
                String.class,
                sku);
    }
}

package io.holdfast.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Two names are one for the database exactly if they are one for Java. */
@OnRealDatabase
class NamesTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name = "names-" + NUMBERS.incrementAndGet();
    private final RestTestClient http;
    private final Branches.Factory branches;
    private final StockTables tables;

    NamesTest(
            @LocalServerPort int port,
            @Autowired Branches.Factory branches,
            @Autowired StockTables tables,
            @Autowired TestTokens tokens) {
        this.http = RestTestClient.bindToServer(tokens.requests())
                .baseUrl("http://127.0.0.1:" + port)
                .build();
        this.branches = branches;
        this.tables = tables;
    }

    @AfterEach
    void nothingIsLost() {
        tables.assertNothingIsLost();
    }

    @Test
    void skusKeysAndOrdersThatDifferInCaseAreDifferentOnes() {
        String upper = name.toUpperCase(Locale.ROOT);
        receive(name, "key-" + name, 10).expectStatus().isCreated();
        receive(upper, "KEY-" + name, 20).expectStatus().isCreated();
        Branch branch = branches.newBranch();

        branch.reserve(
                OrderLines.of(
                        new OrderId("order-" + name),
                        Map.of(new Sku(name), new Quantity(1), new Sku(upper), new Quantity(2))),
                OrderLines.of(new OrderId("ORDER-" + name), Map.of(new Sku(upper), new Quantity(3))));

        assertThat(tables.level(name)).containsExactly("9/1/0");
        assertThat(tables.level(upper)).containsExactly("15/5/0");
        assertThat(branch.sell()).isTrue();
        assertThat(tables.level(name)).containsExactly("9/0/1");
        assertThat(tables.reservations("ORDER-" + name)).containsExactly(upper + " 3 SOLD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s ",
                " %s",
                "%s\u0000",
                "%s\u00df",
                "\u0130%s",
                "%se\u0301",
                "%s\u00e9",
                "\uff41%s",
                "%s\u200b",
                "%s\u00a0",
                "\ud83c\udf4e%s"
            })
    void whatOnlyLooksLikeASkuIsNone(String looks) {
        String sku = looks.formatted(name);

        for (ResponseSpec response : List.of(
                receive(sku, "key-" + name, 1),
                http.get().uri("/stock/{sku}", sku).exchange())) {
            response.expectStatus().isBadRequest();
        }
        assertThat(tables.jdbc.queryForList("select 1 from receipt where idempotency_key = ?", "key-" + name))
                .isEmpty();
    }

    @Test
    void whatIsFoundByItsNameIsComparedByteByByte() {
        assertThat(tables.jdbc.queryForList("""
                        select distinct concat(c.table_name, '.', c.column_name, ' ', c.collation_name)
                        from information_schema.columns c
                        join information_schema.statistics i on i.table_schema = c.table_schema
                            and i.table_name = c.table_name and i.column_name = c.column_name
                        where c.table_schema = database() and c.collation_name not like '%\\_bin'
                            and c.table_name not like '%\\_history'
                        """, String.class)).isEmpty();
    }

    private ResponseSpec receive(String sku, String key, long quantity) {
        return http.post()
                .uri("/stock/{sku}/receipts", sku)
                .header("Idempotency-Key", key)
                .header("X-Reason", "a test")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"quantity\":%d}".formatted(quantity))
                .exchange();
    }
}

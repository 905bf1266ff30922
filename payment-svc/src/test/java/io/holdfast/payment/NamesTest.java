package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator.Branch;
import io.holdfast.payment.StandInCoordinator.Database;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentRequest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Two names are one for the database exactly if they are one for Java. */
@OnRealDatabase
class NamesTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name = "names-" + NUMBERS.incrementAndGet();
    private final RestTestClient http;
    private final Coordinator coordinator;
    private final JdbcTemplate jdbc;

    NamesTest(
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
    void buyersKeysAndOrdersThatDifferInCaseAreDifferentOnes() {
        String upper = name.toUpperCase(Locale.ROOT);
        deposit(name, "key-" + name, 100).expectStatus().isCreated();
        deposit(upper, "KEY-" + name, 200).expectStatus().isCreated();
        Branch branch = coordinator.newBranch();

        branch.open(List.of(order("order-" + name, name, 10), order("ORDER-" + name, upper, 20)));

        assertThat(balance(name)).isEqualTo(90);
        assertThat(balance(upper)).isEqualTo(180);
        assertThat(branch.capture()).isTrue();
        assertThat(jdbc.queryForList(
                        "select concat(buyer_id, ' ', amount) from payment where order_id = ?",
                        String.class,
                        "ORDER-" + name))
                .containsExactly(upper + " 20");
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
    void whatOnlyLooksLikeABuyerIsNone(String looks) {
        String buyer = looks.formatted(name);

        for (ResponseSpec response : List.of(
                deposit(buyer, "key-" + name, 100),
                http.get().uri("/accounts/{buyer}", buyer).exchange(),
                http.get().uri("/payments?orderId={order}", buyer).exchange())) {
            response.expectStatus().isBadRequest();
        }
        assertThat(jdbc.queryForList("select idempotency_key from deposit where idempotency_key = ?", "key-" + name))
                .isEmpty();
    }

    @Test
    void whatIsFoundByItsNameIsComparedByteByByte() {
        assertThat(jdbc.queryForList("""
                        select distinct concat(c.table_name, '.', c.column_name, ' ', c.collation_name)
                        from information_schema.columns c
                        join information_schema.statistics i on i.table_schema = c.table_schema
                            and i.table_name = c.table_name and i.column_name = c.column_name
                        where c.table_schema = database() and c.collation_name not like '%\\_bin'
                            and c.table_name not like '%\\_history'
                        """, String.class)).isEmpty();
    }

    private ResponseSpec deposit(String buyer, String key, long minor) {
        return http.post()
                .uri("/accounts/{buyer}/deposits", buyer)
                .header("Idempotency-Key", key)
                .header("X-Reason", "a test")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"amount\":{\"minor\":%d,\"currency\":\"CNY\"}}".formatted(minor))
                .exchange();
    }

    private long balance(String buyer) {
        return jdbc.queryForObject("select balance from account where buyer_id = ?", Long.class, buyer);
    }

    private static PaymentRequest order(String order, String buyer, long minor) {
        return new PaymentRequest(new OrderId(order), new BuyerId(buyer), new Money(minor, "CNY"));
    }
}

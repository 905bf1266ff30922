package io.holdfast.stock.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.ReconciliationOperations;
import io.holdfast.stock.Branches;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.OnRealDatabase;
import io.holdfast.stock.StockTables;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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

/** Goods that are set apart for a sale: nobody else gets them, and what is not sold comes back. */
@OnRealDatabase
class SaleQuotasTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final RestTestClient http;
    private final Branches.Factory branches;
    private final StockTables tables;
    private final ReconciliationOperations reconciliation;

    private final int number = NUMBERS.incrementAndGet();
    private final Sku sku = new Sku("sale-goods-" + number);
    private final SaleId sale = new SaleId("sale-" + number);
    private final Sku ofSale = sku.in(sale);
    private final String order = "order-in-sale-" + number;

    SaleQuotasTest(
            @LocalServerPort int port,
            @Autowired Branches.Factory branches,
            @Autowired StockTables tables,
            @Autowired ReconciliationOperations reconciliation,
            @Autowired TestTokens tokens) {
        this.http = RestTestClient.bindToServer(tokens.requests())
                .baseUrl("http://127.0.0.1:" + port)
                .build();
        this.branches = branches;
        this.tables = tables;
        this.reconciliation = reconciliation;
        tables.put(sku.value(), 10);
        tables.jdbc.update("insert into receipt values (?, ?, 10, utc_timestamp(3))", "key-" + sku, sku.value());
    }

    @AfterEach
    void nothingIsLost() {
        tables.assertNothingIsLost();
        assertThat(tables.jdbc.queryForObject(
                        "select sum(received) from stock where sku in (?, ?)", Long.class, sku.value(), ofSale.value()))
                .isEqualTo(10);
        reconciliation.runNow("a test", "it wants to know");
        reconciliation.runNow("a test", "it wants to know");
        assertThat(reconciliation.findings(FindingState.OPEN, 100))
                .extracting(finding -> finding.subject())
                .doesNotContain(sku.value(), ofSale.value(), sale.value());
    }

    @Test
    void aQuotaIsSetApartOnceHoweverOftenItIsAskedFor() {
        for (int i = 0; i < 3; i++) {
            setApart(4).expectStatus().isOk();
        }

        assertThat(tables.level(sku.value())).containsExactly("6/0/0");
        assertThat(tables.level(ofSale.value())).containsExactly("4/0/0");
        stock().json("{\"sku\":\"%s\",\"received\":10,\"available\":6,\"reserved\":4,\"sold\":0,\"setApart\":4}"
                .formatted(sku));
        problem(setApart(5), 409, "sale-quota-differs");
    }

    @Test
    void normalOrdersGetNoneOfItAndOrdersOfTheSaleGetNothingElse() {
        setApart(4).expectStatus().isOk();

        assertThatThrownBy(() -> branches.newBranch().reserve(lines(order, sku, 7)))
                .hasMessageContaining("6 available");
        assertThatThrownBy(() -> branches.newBranch().reserve(lines(order, ofSale, 5)))
                .hasMessageContaining("Of " + sku + " are 4 available");
        Branch both = branches.newBranch();
        both.reserve(lines(order, sku, 6), lines(order + "-b", ofSale, 4));
        both.sell();

        stock().json("{\"received\":10,\"available\":0,\"reserved\":0,\"sold\":10,\"setApart\":0}");
    }

    @Test
    void aQuotaAboveTheStockIsRefusedAndStaysRefusedWhenGoodsHaveComeIn() {
        assertRefused();
        receive(100, "key-2-" + sku);

        assertRefused();
        // Nor anything else: whoever asks for that has another sale in mind.
        problem(setApart(10), 409, "sale-quota-differs");

        assertThat(tables.level(sku.value())).containsExactly("110/0/0");
        assertThat(tables.level(ofSale.value())).isEmpty();
        problem(http.post().uri("/internal/sales/{sale}/quota/return", sale).exchange(), 404, "unknown-sale");
        // As before for the check at the end: the sums of before.
        tables.jdbc.update("update stock set received = 10, available = 10 where sku = ?", sku.value());
        tables.jdbc.update("delete from receipt where sku = ? and quantity = 100", sku.value());
    }

    private void assertRefused() {
        setApart(11)
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("quota-exceeds-stock")
                .jsonPath("$.available")
                .isEqualTo(10);
    }

    @Test
    void aQuotaOfUnknownGoodsIsRefusedAndStaysRefusedWhenSuchGoodsHaveComeIn() {
        String unknown = "not-yet-" + number;
        String wanted = "{\"sku\":\"" + unknown + "\",\"quota\":1}";
        problem(setApart(wanted), 404, "unknown-sku");
        http.post()
                .uri("/stock/{sku}/receipts", unknown)
                .header("Idempotency-Key", "first-" + unknown)
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"quantity\":5}")
                .exchange()
                .expectStatus()
                .isCreated();

        problem(setApart(wanted), 404, "unknown-sku");

        assertThat(tables.level(unknown)).containsExactly("5/0/0");
        assertThat(tables.level(unknown + "@" + sale)).isEmpty();
    }

    @Test
    void ofTwoRequestsAtOnceBothGetTheSameAnswer() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(8);
        for (int i = 0; i < 8; i++) {
            calls.add(() -> {
                together.await(30, TimeUnit.SECONDS);
                return statusOf(setApart(11));
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (var result : threads.invokeAll(calls, 1, TimeUnit.MINUTES)) {
                assertThat(result.get()).isEqualTo(409);
            }
        } finally {
            threads.shutdownNow();
        }
        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a@b", "", "a/b", "a b"})
    void whatCannotBeReceivedCannotBeSetApart(String name) {
        problem(setApart("{\"sku\":\"" + name + "\",\"quota\":1}"), 400, "invalid-request");

        assertThat(tables.jdbc.queryForObject(
                        "select count(*) from sale_quota where sale_id = ?", Long.class, sale.value()))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1.5",
                "null",
                "9223372036854775808",
                "-9223372036854775809",
                "1e400",
                "\"1\"",
                "true",
                "[1]",
                "{}"
            })
    void aQuotaThatIsNoneIsAMistakeInTheRequest(String quota) {
        String body = "{\"sku\":\"%s\",\"quota\":%s}".formatted(sku, quota);

        assertThat(statusOf(setApart(body))).isEqualTo(400);
        assertThat(tables.level(sku.value())).containsExactly("10/0/0");
    }

    @Test
    void moreThanCanEverBeSetApartIsRefusedLikeAnythingElseThatIsTooMuch() {
        problem(setApart(Long.MAX_VALUE), 409, "quota-exceeds-stock");
    }

    @Test
    void whatIsSetApartIsListedInPagesUntilItIsReturned() {
        setApart(4).expectStatus().isOk();

        quotas("?size=1000")
                .jsonPath("$.quotas[?(@.saleId=='%s' && @.sku=='%s' && @.quota==4)].setApartAt".formatted(sale, sku))
                .isNotEmpty();
        quotas("?after=" + sale)
                .jsonPath("$.quotas[?(@.saleId<='%s')]".formatted(sale))
                .isEmpty();
        giveBack(4);
        quotas("?size=1000")
                .jsonPath("$.quotas[?(@.saleId=='%s')]".formatted(sale))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?size=0",
                "?size=1001",
                "?size=-1",
                "?size=x",
                "?size=99999999999",
                "?after=%C3%A4",
                "?after=%20"
            })
    void aPageThatThereIsNoneOfIsAMistakeInTheRequest(String query) {
        problem(http.get().uri("/internal/sales/quotas" + query).exchange(), 400, "invalid-request");
    }

    private RestTestClient.BodyContentSpec quotas(String query) {
        return http.get()
                .uri("/internal/sales/quotas" + query)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();
    }

    @Test
    void noMoreComesInThanCanBeCountedOnceWhatIsSetApartIsBack() {
        setApart(4).expectStatus().isOk();

        assertThat(statusOf(receive(Long.MAX_VALUE - 6, "too-many-" + number))).isEqualTo(400);
        assertThat(tables.level(sku.value())).containsExactly("6/0/0");
        giveBack(4);
    }

    private ResponseSpec receive(long quantity, String key) {
        return http.post()
                .uri("/stock/{sku}/receipts", sku)
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"quantity\":%d}".formatted(quantity))
                .exchange();
    }

    @Test
    void whatIsNotSoldComesBackWhenTheSaleIsOver() {
        setApart(4).expectStatus().isOk();
        Branch sold = branches.newBranch();
        sold.reserve(lines(order, ofSale, 1));
        sold.sell();

        giveBack(3);
        giveBack(0);

        assertThat(tables.level(sku.value())).containsExactly("9/0/0");
        assertThat(tables.level(ofSale.value())).containsExactly("0/0/1");
        problem(setApart(4), 409, "sale-quota-differs");
        assertThatThrownBy(() -> branches.newBranch().reserve(lines(order + "-late", ofSale, 1)))
                .hasMessageContaining("0 available");
    }

    @Test
    void whatIsReleasedAfterTheSaleComesBackToo() {
        setApart(4).expectStatus().isOk();
        Branch undecided = branches.newBranch();
        undecided.reserve(lines(order, ofSale, 2));
        giveBack(2);

        undecided.release();

        await("the goods are normal stock again")
                .untilAsserted(() -> assertThat(tables.level(sku.value())).containsExactly("10/0/0"));
        assertThat(tables.level(ofSale.value())).containsExactly("0/0/0");
    }

    @Test
    void nobodyGivesBackWhatWasNeverSetApart() {
        problem(http.post().uri("/internal/sales/{sale}/quota/return", sale).exchange(), 404, "unknown-sale");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stock/{sku}/receipts"})
    void peopleDoNotNameTheGoodsOfASale(String path) {
        setApart(4).expectStatus().isOk();

        problem(
                http.post()
                        .uri(path, ofSale.value())
                        .header("Idempotency-Key", "key-" + number)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{\"quantity\":1}")
                        .exchange(),
                400,
                "invalid-request");
        problem(http.get().uri("/stock/{sku}", ofSale.value()).exchange(), 400, "invalid-request");
        assertThat(tables.level(ofSale.value())).containsExactly("4/0/0");
    }

    @Test
    void manyWhoSetApartAndGiveBackAndOrderAtOnceLoseNothing() throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(24);
        for (int i = 0; i < 24; i++) {
            int n = i;
            calls.add(() -> {
                together.await(30, TimeUnit.SECONDS);
                if (n < 8) {
                    return statusOf(setApart(4));
                }
                if (n < 16) {
                    return statusOf(http.post()
                            .uri("/internal/sales/{sale}/quota/return", sale)
                            .exchange());
                }
                try {
                    branches.newBranch().reserve(lines(order + "-" + n, n % 2 == 0 ? sku : ofSale, 1));
                    return 200;
                } catch (RuntimeException refused) {
                    return 409;
                }
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (var result : threads.invokeAll(calls, 1, TimeUnit.MINUTES)) {
                statuses.add(result.get());
            }
            assertThat(statuses).allMatch(status -> List.of(200, 404, 409).contains(status));
            assertThat(Collections.frequency(statuses, 200)).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private ResponseSpec setApart(long quota) {
        return setApart("{\"sku\":\"%s\",\"quota\":%d}".formatted(sku, quota));
    }

    private ResponseSpec setApart(String body) {
        return http.put()
                .uri("/internal/sales/{sale}/quota", sale)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private void giveBack(long pieces) {
        http.post()
                .uri("/internal/sales/{sale}/quota/return", sale)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.returned")
                .isEqualTo(pieces);
    }

    private RestTestClient.BodyContentSpec stock() {
        return http.get()
                .uri("/stock/{sku}", sku)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();
    }

    private static OrderLines lines(String order, Sku sku, long quantity) {
        return OrderLines.of(new OrderId(order), Map.of(sku, new Quantity(quantity)));
    }

    private static int statusOf(ResponseSpec response) {
        return response.returnResult(String.class).getStatus().value();
    }

    private static void problem(ResponseSpec response, int status, String code) {
        response.expectStatus()
                .isEqualTo(status)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code);
    }
}

package io.holdfast.systemtest.badinput;

import static io.holdfast.systemtest.badinput.Refusals.assertProblem;
import static io.holdfast.systemtest.platform.Platform.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goods and money that nobody should send, and questions for what is not there. */
@OnThePlatform
@Order(15)
class BadReceiptsAndDepositsIT {

    private static final String SQL = "%27%3B%20drop%20table%20stock%3B--";

    private final Platform platform;
    private final Databases databases;
    private final String buyer;
    private final String sku;

    BadReceiptsAndDepositsIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
        this.buyer = platform.buyer(100_00);
        this.sku = platform.goods(10);
    }

    private static Arguments row(String sentence, String body, int status, String code) {
        return Arguments.of(sentence, body, status, code);
    }

    static Stream<Arguments> badReceipts() {
        return Stream.of(
                row("quantity 0", "{\"quantity\":0}", 400, "invalid-request"),
                row("a negative quantity", "{\"quantity\":-5}", 400, "invalid-request"),
                row("a quantity that overflows a long", "{\"quantity\":9223372036854775808}", 400, "invalid-request"),
                row(
                        "a quantity that overflows the stock",
                        "{\"quantity\":9223372036854775807}",
                        400,
                        "quantity-too-large"),
                row("a quantity with decimals", "{\"quantity\":1.0}", 400, "invalid-request"),
                row("a quantity in quotes", "{\"quantity\":\"5\"}", 400, "invalid-request"),
                row("no quantity", "{}", 400, "invalid-request"),
                row("null for a quantity", "{\"quantity\":null}", 400, "invalid-request"),
                row("SQL for a quantity", "{\"quantity\":\"5; drop table stock\"}", 400, "invalid-request"),
                row("a member that is not known", "{\"quantity\":5,\"sku\":\"other\"}", 400, "invalid-request"),
                row("a member twice", "{\"quantity\":5,\"quantity\":6}", 400, "malformed-json"),
                row("malformed JSON", "{\"quantity\":5", 400, "malformed-json"),
                row("an empty body", "", 400, "malformed-json"),
                row("a body of 1 MB", "{\"quantity\":5" + " ".repeat(1 << 20) + "}", 413, "body-too-large"));
    }

    @ParameterizedTest(name = "{0} is answered with {2} {3}")
    @MethodSource("badReceipts")
    void aBadReceiptIsToldSoAndChangesNothing(String sentence, String body, int status, String code) {
        unchanged(() -> assertProblem(
                platform.postText(receipts(sku), Map.of("Idempotency-Key", newKey()), body), status, code));
    }

    static Stream<Arguments> badDeposits() {
        return Stream.of(
                row("amount 0", amount("0", "\"CNY\""), 400, "invalid-request"),
                row("a negative amount", amount("-100", "\"CNY\""), 400, "invalid-request"),
                row(
                        "an amount that overflows a long",
                        amount("9223372036854775808", "\"CNY\""),
                        400,
                        "invalid-request"),
                row(
                        "an amount that overflows the account",
                        amount("9223372036854775807", "\"CNY\""),
                        400,
                        "amount-too-large"),
                row("an amount with decimals", amount("19.99", "\"CNY\""), 400, "invalid-request"),
                row("an amount in quotes", amount("\"100\"", "\"CNY\""), 400, "invalid-request"),
                row("another currency than the account's", amount("100", "\"EUR\""), 400, "currency-mismatch"),
                row("a currency in lower case", amount("100", "\"cny\""), 400, "invalid-request"),
                row("no currency", "{\"amount\":{\"minor\":100}}", 400, "invalid-request"),
                row("SQL for a currency", amount("100", "\"C'; drop table account; --\""), 400, "invalid-request"),
                row("no amount", "{}", 400, "invalid-request"),
                row("a number for an amount", "{\"amount\":100}", 400, "invalid-request"),
                row("a member that is not known", amount("100", "\"CNY\",\"fee\":1"), 400, "invalid-request"),
                row("malformed JSON", "{\"amount\":{", 400, "malformed-json"),
                row("a body of 1 MB", amount("100", "\"CNY\"" + " ".repeat(1 << 20)), 413, "body-too-large"));
    }

    private static String amount(String minor, String currency) {
        return "{\"amount\":{\"minor\":" + minor + ",\"currency\":" + currency + "}}";
    }

    @ParameterizedTest(name = "{0} is answered with {2} {3}")
    @MethodSource("badDeposits")
    void aBadDepositIsToldSoAndChangesNothing(String sentence, String body, int status, String code) {
        unchanged(() -> assertProblem(
                platform.postText(deposits(buyer), Map.of("Idempotency-Key", newKey()), body), status, code));
    }

    @Test
    void aMissingKey() {
        unchanged(() -> {
            assertProblem(
                    platform.postText(receipts(sku), Map.of(), "{\"quantity\":5}"), 400, "idempotency-key-missing");
            assertProblem(
                    platform.postText(deposits(buyer), Map.of(), amount("100", "\"CNY\"")),
                    400,
                    "idempotency-key-missing");
        });
    }

    @Test
    void aKeyOf65Characters() {
        Map<String, String> key = Map.of("Idempotency-Key", "k".repeat(65));
        unchanged(() -> {
            assertProblem(platform.postText(receipts(sku), key, "{\"quantity\":5}"), 400, "idempotency-key-invalid");
            assertProblem(
                    platform.postText(deposits(buyer), key, amount("100", "\"CNY\"")), 400, "idempotency-key-invalid");
        });
    }

    @Test
    void theSameKeyWithAnotherBodyOrForSomeoneElse() {
        String key = newKey();
        assertThat(platform.receive(sku, 5, key).status()).isEqualTo(201);
        assertThat(platform.deposit(buyer, 5_00, key).status()).isEqualTo(201);
        String otherSku = platform.goods(1);
        String otherBuyer = platform.buyer(1);

        unchanged(() -> {
            assertProblem(platform.receive(sku, 6, key), 422, "idempotency-key-reused");
            assertProblem(platform.receive(otherSku, 5, key), 422, "idempotency-key-reused");
            assertProblem(platform.deposit(buyer, 6_00, key), 422, "idempotency-key-reused");
            assertProblem(platform.deposit(otherBuyer, 5_00, key), 422, "idempotency-key-reused");
        });
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                SQL,
                "%20",
                "a%20b",
                "%C3%BC",
                "S12345678901234567890123456789012345678901234567890123456789012345"
            })
    void aBadNameInThePath(String name) {
        unchanged(() -> {
            Answer receipt = platform.postText(receipts(name), Map.of("Idempotency-Key", newKey()), "{\"quantity\":5}");
            assertThat(receipt.status()).as("%s", receipt).isEqualTo(400);
            assertProblem(receipt, 400, receipt.code());
            Answer deposit =
                    platform.postText(deposits(name), Map.of("Idempotency-Key", newKey()), amount("100", "\"CNY\""));
            assertThat(deposit.status()).as("%s", deposit).isEqualTo(400);
            assertProblem(deposit, 400, deposit.code());
        });
    }

    @Test
    void whatIsNotThere() {
        String stock = platform.stack().stock().url();
        String payment = platform.stack().payment().url();
        assertProblem(platform.get(stock + "/stock/no-such-sku"), 404, "unknown-sku");
        assertProblem(platform.get(payment + "/accounts/nobody"), 404, "unknown-account");
        assertProblem(platform.get(payment + "/payments?orderId=no-such-order"), 404, "unknown-payment");
        assertProblem(platform.get(payment + "/payments"), 400, "invalid-request");
        assertProblem(platform.get(stock + "/nothing"), 404, "not-found");
        assertProblem(platform.get(payment + "/nothing"), 404, "not-found");
    }

    private String receipts(String sku) {
        return platform.stack().stock().url() + "/stock/" + sku + "/receipts";
    }

    private String deposits(String buyer) {
        return platform.stack().payment().url() + "/accounts/" + buyer + "/deposits";
    }

    private void unchanged(Runnable call) {
        Map<String, Long> totals = databases.totals();
        Map<String, Long> traces = databases.traces();
        call.run();
        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(databases.traces()).isEqualTo(traces);
    }
}

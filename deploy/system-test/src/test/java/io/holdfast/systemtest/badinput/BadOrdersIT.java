package io.holdfast.systemtest.badinput;

import static io.holdfast.systemtest.badinput.Refusals.assertProblem;
import static io.holdfast.systemtest.platform.Platform.newKey;
import static io.holdfast.systemtest.platform.Platform.orderBody;
import static io.holdfast.systemtest.platform.Platform.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that nobody should send: each is told what is wrong with it, and nothing has changed. */
@OnThePlatform
@Order(14)
class BadOrdersIT {

    private static final String SQL = "x' or '1'='1'; drop table orders; --";

    private final Platform platform;
    private final Databases databases;
    private final String buyer;
    private final String sku;

    BadOrdersIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
        this.buyer = platform.buyer(1_000_00);
        this.sku = platform.goods(1_000);
    }

    /** $BUYER and $SKU stand for ones that exist. */
    private static String order(String items) {
        return "{\"buyerId\":\"$BUYER\",\"items\":" + items + ",\"payment\":{\"method\":\"WALLET\"}}";
    }

    private static String item(String sku, String quantity, String minor, String currency) {
        return "{\"sku\":" + sku + ",\"quantity\":" + quantity + ",\"unitPrice\":{\"minor\":" + minor + ",\"currency\":"
                + currency + "}}";
    }

    private static String oneLine(String sku, String quantity, String minor, String currency) {
        return order("[" + item(sku, quantity, minor, currency) + "]");
    }

    private static String quantity(String quantity) {
        return oneLine("\"$SKU\"", quantity, "100", "\"CNY\"");
    }

    private static String price(String minor) {
        return oneLine("\"$SKU\"", "1", minor, "\"CNY\"");
    }

    private static String sku(String sku) {
        return oneLine(sku, "1", "100", "\"CNY\"");
    }

    private static String currency(String currency) {
        return oneLine("\"$SKU\"", "1", "100", currency);
    }

    private static String thousandLines() {
        return order(IntStream.range(0, 1_000)
                .mapToObj(i -> item("\"S" + i + "\"", "1", "1", "\"CNY\""))
                .collect(Collectors.joining(",", "[", "]")));
    }

    private static String linesWithin(int lines) {
        return order(IntStream.range(0, lines)
                .mapToObj(i -> item("\"S" + i + "\"", "1", "1", "\"CNY\""))
                .collect(Collectors.joining(",", "[", "]")));
    }

    private static Arguments row(String sentence, String body, int status, String code) {
        return Arguments.of(sentence, body, status, code);
    }

    static Stream<Arguments> badBodies() {
        String good = quantity("1");
        return Stream.of(
                row("an empty SKU", sku("\"\""), 400, "invalid-order"),
                row("a blank SKU", sku("\" \""), 400, "invalid-order"),
                row("no SKU", good.replace("\"sku\":\"$SKU\",", ""), 400, "invalid-order"),
                row("null for a SKU", sku("null"), 400, "invalid-order"),
                row("a number for a SKU", sku("7"), 400, "invalid-request"),
                row("a SKU of 65 characters", sku("\"" + "S".repeat(65) + "\""), 400, "invalid-order"),
                row("a SKU of 5,000 characters", sku("\"" + "S".repeat(5_000) + "\""), 400, "malformed-json"),
                row("SQL for a SKU", sku("\"" + SQL + "\""), 400, "invalid-order"),
                row("quantity 0", quantity("0"), 400, "invalid-order"),
                row("a negative quantity", quantity("-1"), 400, "invalid-order"),
                row("a quantity above the limit", quantity("101"), 400, "invalid-order"),
                row("a quantity that overflows an int", quantity("2147483648"), 400, "invalid-order"),
                row("a quantity that overflows a long", quantity("9223372036854775808"), 400, "invalid-request"),
                row("a quantity of 400 digits", quantity("9".repeat(400)), 400, "malformed-json"),
                row("a quantity with decimals", quantity("1.5"), 400, "invalid-request"),
                row("a quantity in quotes", quantity("\"1\""), 400, "invalid-request"),
                row("null for a quantity", quantity("null"), 400, "invalid-order"),
                row("a quantity that is not a number", quantity("NaN"), 400, "malformed-json"),
                row("no lines", order("[]"), 400, "invalid-order"),
                row("null for the lines", order("null"), 400, "invalid-order"),
                row("no word of lines", good.replaceAll("\"items\":\\[.*\\],", ""), 400, "invalid-order"),
                row("null for a line", order("[null]"), 400, "invalid-order"),
                row(
                        "the same SKU twice, which is refused and not merged",
                        order("[" + item("\"$SKU\"", "1", "100", "\"CNY\"") + ","
                                + item("\"$SKU\"", "1", "100", "\"CNY\"") + "]"),
                        400,
                        "invalid-order"),
                row("1,000 lines", thousandLines(), 413, "body-too-large"),
                row("201 lines, one too many", linesWithin(201), 400, "invalid-order"),
                row("a price of 0", price("0"), 400, "invalid-order"),
                row("a negative price", price("-1"), 400, "invalid-order"),
                row("a price that overflows a long", price("9223372036854775808"), 400, "invalid-request"),
                row(
                        "a total that overflows a long",
                        oneLine("\"$SKU\"", "100", "9223372036854775807", "\"CNY\""),
                        400,
                        "invalid-order"),
                row(
                        "lines that overflow together",
                        order("[" + item("\"$SKU\"", "1", "9223372036854775807", "\"CNY\"") + ","
                                + item("\"S2\"", "1", "9223372036854775807", "\"CNY\"") + "]"),
                        400,
                        "invalid-order"),
                row("a price with decimals", price("19.99"), 400, "invalid-request"),
                row(
                        "two currencies in one order",
                        order("[" + item("\"$SKU\"", "1", "100", "\"CNY\"") + ","
                                + item("\"S2\"", "1", "100", "\"EUR\"") + "]"),
                        400,
                        "invalid-order"),
                row("a currency in lower case", currency("\"cny\""), 400, "invalid-order"),
                row("a currency of two letters", currency("\"CN\""), 400, "invalid-order"),
                row("SQL for a currency", currency("\"" + SQL + "\""), 400, "invalid-order"),
                row("no currency", good.replace(",\"currency\":\"CNY\"", ""), 400, "invalid-order"),
                row("SQL for a buyer", good.replace("$BUYER", SQL), 400, "invalid-order"),
                row("an empty buyer", good.replace("$BUYER", ""), 400, "invalid-order"),
                row("a buyer of 65 characters", good.replace("$BUYER", "b".repeat(65)), 400, "invalid-order"),
                row("no buyer", good.replace("\"buyerId\":\"$BUYER\",", ""), 400, "invalid-order"),
                row("an unknown payment method", good.replace("WALLET", "BARTER"), 400, "invalid-order"),
                row("SQL for a payment method", good.replace("WALLET", SQL), 400, "invalid-order"),
                row("no payment", good.replace(",\"payment\":{\"method\":\"WALLET\"}", ""), 400, "invalid-order"),
                row(
                        "a member that is not known",
                        good.replace("\"items\"", "\"discount\":100,\"items\""),
                        400,
                        "invalid-request"),
                row(
                        "a member twice",
                        good.replace("\"items\"", "\"buyerId\":\"other\",\"items\""),
                        400,
                        "malformed-json"),
                row("a body that ends too early", good.substring(0, good.length() - 3), 400, "malformed-json"),
                row("a body with something after it", good + " {}", 400, "malformed-json"),
                row("an empty body", "", 400, "malformed-json"),
                row("an array", "[]", 400, "malformed-json"),
                row("a text", "\"order\"", 400, "malformed-json"),
                row("no JSON at all", "buyer=ann&sku=tea", 400, "malformed-json"),
                row("deep nesting", order("[".repeat(2_000) + "]".repeat(2_000)), 400, "invalid-request"),
                row("a body of 1 MB", order("[" + " ".repeat(1 << 20) + "]"), 413, "body-too-large"));
    }

    @ParameterizedTest(name = "{0} is answered with {2} {3}")
    @MethodSource("badBodies")
    void aBadOrderIsToldSoAndChangesNothing(String sentence, String body, int status, String code) {
        Map<String, Long> totals = databases.totals();
        Map<String, Long> traces = databases.traces();

        Answer answer = platform.postText(
                platform.ordersUrl(),
                Map.of("Idempotency-Key", newKey()),
                body.replace("$BUYER", buyer).replace("$SKU", sku));

        assertProblem(answer, status, code);
        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(databases.traces()).as("rows, of whatever status").isEqualTo(traces);
    }

    // What only another service can know comes as late as that: such an order is kept as REJECTED, and holds nothing.

    static Stream<Arguments> ordersThatANeighbourRefuses() {
        return Stream.of(
                row("an unknown SKU", sku("\"no-such-sku\""), 400, "invalid-order"),
                row("another currency than the account's", currency("\"EUR\""), 400, "invalid-order"),
                row("a buyer without an account", quantity("1").replace("$BUYER", "nobody"), 402, "insufficient-funds"),
                row("more than the account holds", price("100001"), 402, "insufficient-funds"));
    }

    @ParameterizedTest(name = "{0} is answered with {2} {3}")
    @MethodSource("ordersThatANeighbourRefuses")
    void anOrderThatANeighbourRefusesIsKeptAsRejectedAndHoldsNothing(
            String sentence, String body, int status, String code) {
        Map<String, Long> totals = databases.totals();
        long rejected = rejected();

        Answer answer = platform.postText(
                platform.ordersUrl(),
                Map.of("Idempotency-Key", newKey()),
                body.replace("$BUYER", buyer).replace("$SKU", sku));

        assertProblem(answer, status, code);
        assertThat(answer.orderId()).as("the kept order, in %s", answer).isNotBlank();
        assertThat(databases.orderStatus(answer.orderId())).isEqualTo("REJECTED");
        assertThat(platform.getOrder(answer.orderId()).orderStatus()).isEqualTo("REJECTED");
        databases.awaitRestAndBalance();
        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(rejected()).isEqualTo(rejected + 1);
    }

    private long rejected() {
        return databases.number("select count(*) from order_svc.orders where status = 'REJECTED'");
    }

    // Idempotency-Key

    @Test
    void noIdempotencyKey() {
        unchanged(() -> assertProblem(
                platform.postText(platform.ordersUrl(), Map.of(), text(orderBody(buyer, new Line(sku, 1, 1)))),
                400,
                "idempotency-key-missing"));
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(strings = {"", " ", "two words", "key-of-65-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void aBadIdempotencyKey(String key) {
        unchanged(() -> {
            Answer answer = platform.postText(
                    platform.ordersUrl(), Map.of("Idempotency-Key", key), text(orderBody(buyer, new Line(sku, 1, 1))));
            assertThat(answer.code()).isIn("idempotency-key-invalid", "idempotency-key-missing");
            assertProblem(answer, 400, answer.code());
        });
    }

    @Test
    void aKeyOf2000Characters() {
        unchanged(() -> assertProblem(
                platform.postText(
                        platform.ordersUrl(),
                        Map.of("Idempotency-Key", "k".repeat(2_000)),
                        text(orderBody(buyer, new Line(sku, 1, 1)))),
                400,
                "idempotency-key-invalid"));
    }

    @Test
    void aKeyThatHoldsSqlIsAKeyAndNoSql() {
        String key = "';drop/**/table/**/orders;--";
        Answer first = platform.orderWithKey(key, buyer, new Line(sku, 1, 1));
        Answer second = platform.orderWithKey(key, buyer, new Line(sku, 1, 1));

        assertThat(first.status()).as("%s", first).isEqualTo(201);
        assertThat(second.orderId()).isEqualTo(first.orderId());
    }

    @Test
    void theSameKeyWithAnotherBody() {
        String key = newKey();
        Answer first = platform.orderWithKey(key, buyer, new Line(sku, 1, 100));
        assertThat(first.status()).isEqualTo(201);

        unchanged(() -> {
            assertProblem(platform.orderWithKey(key, buyer, new Line(sku, 2, 100)), 422, "idempotency-key-reused");
            assertProblem(platform.orderWithKey(key, buyer, new Line(sku, 1, 101)), 422, "idempotency-key-reused");
        });
        assertThat(platform.orderWithKey(key, buyer, new Line(sku, 1, 100)).orderId())
                .isEqualTo(first.orderId());
    }

    // Reading

    @ParameterizedTest(name = "GET /orders/{0}")
    @ValueSource(
            strings = {
                "00000000-0000-7000-8000-000000000000",
                "nonsense",
                "%27%20or%20%271%27=%271",
                "..%5C..%5Cetc",
                "%00"
            })
    void anUnknownOrderId(String id) {
        Answer answer = platform.get(platform.ordersUrl() + "/" + id);
        assertThat(answer.status()).as("%s", answer).isIn(404, 400);
        if (id.startsWith("0000") || id.equals("nonsense")) {
            assertThat(answer.status()).isEqualTo(404);
        }
        assertProblem(answer, answer.status(), answer.status() == 404 ? "not-found" : "bad-request");
    }

    @ParameterizedTest(name = "GET /orders?{0}")
    @ValueSource(
            strings = {
                "status=NONSENSE",
                "page=-1",
                "size=0",
                "size=1000000",
                "page=99999999999",
                "buyerId=%27;drop%20table%20orders",
                "status=PAID%27--"
            })
    void badParameters(String query) {
        assertProblem(platform.get(platform.ordersUrl() + "?" + query), 400, "invalid-request");
    }

    @Test
    void whatIsNotThere() {
        assertProblem(platform.get(platform.stack().order().url() + "/nothing/here"), 404, "not-found");
        assertProblem(
                platform.postText(platform.ordersUrl() + "/00000000-0000-7000-8000-000000000000", Map.of(), "{}"),
                405,
                "method-not-allowed");
    }

    @Test
    void aBodyThatIsNotJsonByItsOwnWord() {
        unchanged(() -> assertProblem(
                platform.postForm(platform.ordersUrl(), Map.of("Idempotency-Key", newKey()), "buyerId=ann"),
                415,
                "unsupported-media-type"));
    }

    private void unchanged(Runnable call) {
        Map<String, Long> totals = databases.totals();
        Map<String, Long> traces = databases.traces();
        call.run();
        assertThat(databases.totals()).isEqualTo(totals);
        assertThat(databases.traces()).isEqualTo(traces);
    }
}

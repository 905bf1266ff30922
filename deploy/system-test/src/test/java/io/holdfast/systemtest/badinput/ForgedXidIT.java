package io.holdfast.systemtest.badinput;

import static io.holdfast.systemtest.badinput.Refusals.assertProblem;
import static io.holdfast.systemtest.platform.Platform.newKey;
import static io.holdfast.systemtest.platform.Platform.orderBody;
import static io.holdfast.systemtest.platform.Platform.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.ownservice.OwnService;
import io.holdfast.systemtest.ownservice.OwnServiceExtension;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.tm.api.GlobalTransaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stranger who sends a TX_XID: his own, a guessed one, or anything. No branch is registered for him. */
@OnThePlatform
@ExtendWith(OwnServiceExtension.class)
@Order(16)
class ForgedXidIT {

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final String sku;
    private final String buyer;
    private GlobalTransaction strangers;
    private Map<String, Long> branches;

    /** @param service begins global transactions; all it takes is to reach the coordinator */
    ForgedXidIT(Platform platform, Stack stack, Databases databases, OwnService service) {
        assertThat(service).isNotNull();
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.sku = platform.goods(10);
        this.buyer = platform.buyer(100_00);
    }

    @BeforeEach
    void aStrangerBeginsAGlobalTransaction() throws TransactionException {
        strangers = OwnService.begin();
        branches = branches();
    }

    @AfterEach
    void endIt() throws TransactionException {
        strangers.rollback();
        RootContext.unbind();
    }

    @Test
    void onThePublicInterfaceALiveXidHasNoEffect() {
        assertNoEffectOnThePublicInterface(strangers.getXid());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "127.0.0.1:8091:1",
                "nonsense",
                "' or '1'='1",
                "127.0.0.2:26091:99999999999999999999",
                "<script>alert(1)</script>",
                " "
            })
    void onThePublicInterfaceAForgedXidHasNoEffect(String xid) {
        assertNoEffectOnThePublicInterface(xid);
    }

    private void assertNoEffectOnThePublicInterface(String xid) {
        Answer order = platform.postText(
                platform.ordersUrl(), with(xid, newKey()), text(orderBody(buyer, new Line(sku, 1, 10_00))));
        assertThat(order.status()).as("%s", order).isEqualTo(201);
        assertThat(databases.xidOf(order.orderId())).isNotEmpty().isNotEqualTo(xid);
        assertThat(platform.postText(
                                stack.stock().url() + "/stock/" + sku + "/receipts",
                                with(xid, newKey()),
                                "{\"quantity\":1}")
                        .status())
                .isEqualTo(201);
        assertThat(platform.postText(
                                stack.payment().url() + "/accounts/" + buyer + "/deposits",
                                with(xid, newKey()),
                                "{\"amount\":{\"minor\":1,\"currency\":\"CNY\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(platform.getWith(stack.stock().url() + "/stock/" + sku, with(xid, newKey()))
                        .status())
                .isEqualTo(200);
        assertThat(branchesOf(strangers.getXid()))
                .as("branches in the stranger's transaction")
                .isZero();
        assertThat(databases.number("select count(*) from order_svc.tcc_fence_log where xid = ?", xid)
                        + databases.number("select count(*) from stock_svc.tcc_fence_log where xid = ?", xid)
                        + databases.number("select count(*) from payment_svc.tcc_fence_log where xid = ?", xid))
                .as("fence rows under the forged xid")
                .isZero();
    }

    @Test
    void tenKilobytesOfXidAreRefusedOnEveryInterface() {
        String xid = "127.0.0.2:26091:" + "1".repeat(10_000);
        for (String url : List.of(
                platform.ordersUrl(),
                stack.stock().url() + "/stock/" + sku + "/receipts",
                stack.payment().url() + "/accounts/" + buyer + "/deposits",
                reservations(),
                payments())) {
            Answer answer = platform.postText(url, with(xid, newKey()), "{}");
            assertThat(answer.status()).as("%s", answer).isIn(400, 431);
            assertProblem(answer, answer.status(), answer.code());
        }
        assertNoBranch();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "nonsense",
                "127.0.0.2:26091",
                "127.0.0.2:26091:",
                "127.0.0.2:26091:12x",
                "127.0.0.2:26091:-1",
                ":26091:1",
                "' or '1'='1",
                "127.0.0.2:26091:1; drop table tcc_fence_log",
                "127.0.0.2:26091:99999999999999999999"
            })
    void onTheInternalInterfaceAMalformedXidIsRefused(String xid) {
        assertProblem(platform.postText(reservations(), with(xid, newKey()), reservation()), 400, "malformed-xid");
        assertProblem(platform.postText(payments(), with(xid, newKey()), payment()), 400, "malformed-xid");
        assertNoBranch();
    }

    @Test
    void onTheInternalInterfaceAnXidIsNeeded() {
        assertProblem(platform.postText(reservations(), Map.of(), reservation()), 400, "xid-required");
        assertProblem(platform.postText(payments(), Map.of(), payment()), 400, "xid-required");
        assertNoBranch();
    }

    @Test
    void onTheInternalInterfaceAnXidThatTheCoordinatorDoesNotKnowIsRefused() {
        String unknown = strangers.getXid().replaceAll("\\d+$", "4711");
        assertProblem(
                platform.postText(reservations(), with(unknown, newKey()), reservation()),
                409,
                "global-transaction-not-active");
        assertProblem(
                platform.postText(payments(), with(unknown, newKey()), payment()),
                409,
                "global-transaction-not-active");
        assertNoBranch();
    }

    @Test
    void onTheInternalInterfaceTheXidOfAFinishedOrderIsRefused() {
        Answer order = platform.order(buyer, new Line(sku, 1, 10_00));
        assertThat(order.orderStatus()).isEqualTo("PAID");
        databases.awaitRestAndBalance();
        String xid = databases.xidOf(order.orderId());
        long finished = branchesOf(xid);

        assertProblem(
                platform.postText(reservations(), with(xid, newKey()), reservation()),
                409,
                "global-transaction-not-active");
        assertProblem(
                platform.postText(payments(), with(xid, newKey()), payment()), 409, "global-transaction-not-active");
        assertThat(branchesOf(xid)).isLessThanOrEqualTo(finished);
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(10, 9, 0, 1));
    }

    /** A body is checked before a branch is registered. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"orders\":[]}",
                "{}",
                "{\"orders\":null}",
                "{\"orders\":[null]}",
                "{\"orders\":[{\"orderId\":\"' or 1=1\",\"lines\":[],\"buyerId\":\"\",\"amount\":null}]}",
                "{\"orders\":",
                ""
            })
    void onTheInternalInterfaceABadBodyInALiveTransactionRegistersNoBranch(String body) {
        for (String url : List.of(reservations(), payments())) {
            Answer answer = platform.postText(url, with(strangers.getXid(), newKey()), body);
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertProblem(answer, 400, answer.code());
        }
        assertNoBranch();
    }

    private void assertNoBranch() {
        assertThat(branchesOf(strangers.getXid()))
                .as("branches in the stranger's transaction")
                .isZero();
        assertThat(branches()).as("fence rows").isEqualTo(branches);
    }

    private long branchesOf(String xid) {
        return databases.number("select count(*) from seata.branch_table where xid = ?", xid);
    }

    private Map<String, Long> branches() {
        return databases.traces();
    }

    private static Map<String, String> with(String xid, String key) {
        Map<String, String> headers = new HashMap<>();
        headers.put("TX_XID", xid);
        headers.put("Idempotency-Key", key);
        return headers;
    }

    private String reservations() {
        return stack.stock().url() + "/internal/reservations";
    }

    private String payments() {
        return stack.payment().url() + "/internal/payments";
    }

    private String reservation() {
        return text(Map.of(
                "orders",
                List.of(Map.of(
                        "orderId", UUID.randomUUID().toString(),
                        "lines", List.of(Map.of("sku", sku, "quantity", 1))))));
    }

    private String payment() {
        return text(Map.of(
                "orders",
                List.of(Map.of(
                        "orderId", UUID.randomUUID().toString(),
                        "buyerId", buyer,
                        "amount", Map.of("minor", 10_00, "currency", "CNY")))));
    }
}

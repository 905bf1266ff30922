package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A real order that stands still at an exact point of its way, held by locks in the database alone. The services give up a lock after
 * four seconds, so what a test wants to do at that point it has to do soon.
 */
final class HeldOrder {

    static final int QUANTITY = 2;
    static final long UNIT_PRICE = 10_00;
    static final long TOTAL = QUANTITY * UNIT_PRICE;
    static final int RECEIVED = 10;
    static final long DEPOSITED = 100_00;

    final String sku;
    final String buyer;
    final String orderId;
    final String xid;
    private final Databases databases;
    private final CompletableFuture<Answer> sent;
    private DatabaseFaults.Lock hold;

    private HeldOrder(
            Databases databases,
            String sku,
            String buyer,
            String orderId,
            CompletableFuture<Answer> sent,
            DatabaseFaults.Lock hold) {
        this.databases = databases;
        this.sku = sku;
        this.buyer = buyer;
        this.orderId = orderId;
        this.xid = databases.xidOf(orderId);
        this.sent = sent;
        this.hold = hold;
    }

    /** Payment is TRIED, stock.reserve waits for its row: its branch is registered, its Try has not ended. */
    static HeldOrder atStockReserve(Platform platform) {
        return atStockReserve(platform, Platform.BY_WALLET);
    }

    private static HeldOrder atStockReserve(Platform platform, Map<String, Object> payment) {
        String sku = platform.goods(RECEIVED);
        String buyer = platform.buyer(DEPOSITED);
        DatabaseFaults.Lock stock = platform.faults().holdStock(sku);
        CompletableFuture<Answer> sent = platform.sendOrder(payment, buyer, new Line(sku, QUANTITY, UNIT_PRICE));
        String orderId = platform.databases().awaitOrderOf(buyer);
        stock.awaitWaiting("stock-svc");
        HeldOrder held = new HeldOrder(platform.databases(), sku, buyer, orderId, sent, stock);
        held.assertFence("payment_svc", "TRIED");
        return held;
    }

    /** Payment and stock are TRIED; order.place, the last branch, is registered and waits for its row. */
    static HeldOrder atOrderPlace(Platform platform) {
        return atOrderPlace(platform, Platform.BY_WALLET);
    }

    /** The same; of a card, the amount is held by then. */
    static HeldOrder atOrderPlace(Platform platform, Map<String, Object> payment) {
        HeldOrder held = atStockReserve(platform, payment);
        DatabaseFaults.Lock order = platform.faults().holdOrder(held.orderId);
        held.release();
        order.awaitWaiting("order-svc");
        held.hold = order;
        held.assertFence("payment_svc", "TRIED");
        held.assertFence("stock_svc", "TRIED");
        return held;
    }

    /** The commit is decided, payment is captured, and stock.sell waits for its row: in the middle of phase two. */
    static HeldOrder atStockSell(Platform platform) {
        HeldOrder held = atOrderPlace(platform);
        DatabaseFaults.Lock stock = platform.faults().holdStock(held.sku);
        held.release();
        stock.awaitWaiting("stock-svc");
        held.hold = stock;
        held.assertFence("payment_svc", "COMMITTED");
        held.assertFence("stock_svc", "TRIED");
        return held;
    }

    /** Lets the order go on. */
    void release() {
        hold.release();
    }

    Answer answer() {
        return Platform.answerOf(sent);
    }

    CompletableFuture<Answer> sent() {
        return sent;
    }

    String status() {
        return databases.orderStatus(orderId);
    }

    void assertFence(String schema, String status) {
        assertThat(databases.fence(schema, xid)).as("the branch in " + schema).isEqualTo(status);
    }

    /** Call it once everything is at rest. */
    void assertPaidOnce() {
        assertThat(status()).isEqualTo("PAID");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - QUANTITY, 0, QUANTITY));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(DEPOSITED, DEPOSITED - TOTAL, 0, TOTAL));
    }

    /** Paid from elsewhere: the account is as it was. Call it once everything is at rest. */
    void assertPaidOnceByCard() {
        assertThat(status()).isEqualTo("PAID");
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED - QUANTITY, 0, QUANTITY));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(DEPOSITED, DEPOSITED, 0, 0));
    }

    /** Call it once everything is at rest. */
    void assertRejectedAndNothingHeld() {
        assertThat(status()).isEqualTo("REJECTED");
        assertNothingHeld();
    }

    void assertNothingHeld() {
        assertThat(databases.stock(sku)).isEqualTo(new Databases.Stock(RECEIVED, RECEIVED, 0, 0));
        assertThat(databases.account(buyer)).isEqualTo(new Databases.Account(DEPOSITED, DEPOSITED, 0, 0));
    }
}

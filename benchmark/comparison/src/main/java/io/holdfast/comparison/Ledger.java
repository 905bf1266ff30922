package io.holdfast.comparison;

import io.holdfast.edge.problem.ProblemException;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements, the same for every way. Each is guarded and its row count is looked at; none commits.
 *
 * @param sql on the data source that the way needs
 */
public record Ledger(JdbcTemplate sql) {

    public void enter(Order order, String status) {
        sql.update(
                """
                insert into orders (order_id, account, idempotency_key, sku, quantity, total_minor, status)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                order.orderId(),
                order.account(),
                order.key(),
                order.sku(),
                order.quantity(),
                order.totalMinor(),
                status);
    }

    public void decide(String orderId, String from, String to) {
        exactlyOne(
                sql.update("update orders set status = ? where order_id = ? and status = ?", to, orderId, from),
                "order " + orderId);
    }

    /** From available to sold in one step. */
    public void take(Order order) {
        sql.update(
                "insert into reservation (order_id, sku, quantity, status) values (?, ?, ?, 'SOLD')",
                order.orderId(),
                order.sku(),
                order.quantity());
        requireEnough(
                sql.update(
                        "update stock set available = available - ?, sold = sold + ? where sku = ? and available >= ?",
                        order.quantity(),
                        order.quantity(),
                        order.sku(),
                        order.quantity()),
                "out-of-stock");
    }

    public void reserve(Order order) {
        sql.update(
                "insert into reservation (order_id, sku, quantity, status) values (?, ?, ?, 'RESERVED')",
                order.orderId(),
                order.sku(),
                order.quantity());
        requireEnough(
                sql.update("""
                        update stock set available = available - ?, reserved = reserved + ?
                        where sku = ? and available >= ?
                        """, order.quantity(), order.quantity(), order.sku(), order.quantity()), "out-of-stock");
    }

    public void sell(String orderId, String sku, int quantity) {
        reservation(orderId, "SOLD");
        exactlyOne(
                sql.update(
                        "update stock set reserved = reserved - ?, sold = sold + ? where sku = ? and reserved >= ?",
                        quantity,
                        quantity,
                        sku,
                        quantity),
                "stock " + sku);
    }

    public void release(String orderId, String sku, int quantity) {
        reservation(orderId, "RELEASED");
        exactlyOne(sql.update("""
                        update stock set reserved = reserved - ?, available = available + ?
                        where sku = ? and reserved >= ?
                        """, quantity, quantity, sku, quantity), "stock " + sku);
    }

    /** From balance to spent in one step. */
    public void pay(Order order) {
        sql.update(
                "insert into payment (order_id, account, amount_minor, status) values (?, ?, ?, 'CAPTURED')",
                order.orderId(),
                order.account(),
                order.totalMinor());
        requireEnough(
                sql.update(
                        "update account set balance = balance - ?, spent = spent + ? where account = ? and balance >= ?",
                        order.totalMinor(),
                        order.totalMinor(),
                        order.account(),
                        order.totalMinor()),
                "insufficient-funds");
    }

    public void freeze(Order order) {
        sql.update(
                "insert into payment (order_id, account, amount_minor, status) values (?, ?, ?, 'OPEN')",
                order.orderId(),
                order.account(),
                order.totalMinor());
        requireEnough(
                sql.update("""
                        update account set balance = balance - ?, frozen = frozen + ?
                        where account = ? and balance >= ?
                        """, order.totalMinor(), order.totalMinor(), order.account(), order.totalMinor()),
                "insufficient-funds");
    }

    public void spend(String orderId, String account, long amountMinor) {
        payment(orderId, "CAPTURED");
        exactlyOne(
                sql.update(
                        "update account set frozen = frozen - ?, spent = spent + ? where account = ? and frozen >= ?",
                        amountMinor,
                        amountMinor,
                        account,
                        amountMinor),
                "account " + account);
    }

    public void thaw(String orderId, String account, long amountMinor) {
        payment(orderId, "CANCELLED");
        exactlyOne(sql.update("""
                        update account set frozen = frozen - ?, balance = balance + ?
                        where account = ? and frozen >= ?
                        """, amountMinor, amountMinor, account, amountMinor), "account " + account);
    }

    private void reservation(String orderId, String to) {
        exactlyOne(
                sql.update("update reservation set status = ? where order_id = ? and status = 'RESERVED'", to, orderId),
                "reservation of order " + orderId);
    }

    private void payment(String orderId, String to) {
        exactlyOne(
                sql.update("update payment set status = ? where order_id = ? and status = 'OPEN'", to, orderId),
                "payment of order " + orderId);
    }

    private static void exactlyOne(int rows, String what) {
        if (rows != 1) {
            throw new IllegalStateException(what + " is not as it has to be");
        }
    }

    private static void requireEnough(int rows, String code) {
        if (rows != 1) {
            throw new ProblemException(HttpStatus.CONFLICT, code, "There is not enough of it.");
        }
    }
}

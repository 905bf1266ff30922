package io.holdfast.systemtest.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.MariaDb;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The truth as it stands in the databases, and the invariants I1 to I8 as questions to them: each is a query that finds what breaks
 * it, so that a failing test shows the very rows. No service is asked.
 */
public final class Databases {

    /** How long after the end of all faults every order has to be final (I5). */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(100);

    /** @param breaches a query that answers no row as long as the sentence is true */
    private record Invariant(String sentence, String breaches) {}

    /** True in every instant, in the middle of anything: they speak of one service's database each. */
    private static final List<Invariant> ALWAYS = List.of(
            new Invariant("I1 available + reserved + sold = received, per SKU, and none is negative", """
                    select * from stock_svc.stock
                    where available + reserved + sold <> received or least(available, reserved, sold, received) < 0
                    """),
            new Invariant("I1 what was received is the sum of the receipts", """
                    select s.sku, s.received, r.receipts
                    -- What is set apart for a sale is of the same receipts.
                    from (select substring_index(sku, '@', 1) as sku, sum(received) as received
                        from stock_svc.stock group by substring_index(sku, '@', 1)) s
                    left join (select sku, sum(quantity) as receipts from stock_svc.receipt group by sku) r on r.sku = s.sku
                    where s.received <> coalesce(r.receipts, 0)
                    """),
            new Invariant("I1 reserved and sold are the sums of the reservations", """
                    select s.sku, s.reserved, s.sold,
                        sum(if(r.status = 'RESERVED', r.quantity, 0)) as rows_reserved,
                        sum(if(r.status = 'SOLD', r.quantity, 0)) as rows_sold
                    from stock_svc.stock s left join stock_svc.reservation r on r.sku = s.sku
                    group by s.sku, s.reserved, s.sold
                    having s.reserved <> rows_reserved or s.sold <> rows_sold
                    """),
            new Invariant("I2 balance + frozen + spent = deposited, per account, and none is negative", """
                    select * from payment_svc.account
                    where balance + frozen + spent <> deposited or least(balance, frozen, spent, deposited) < 0
                    """),
            new Invariant("I2 what was deposited is the sum of the deposits", """
                    select a.buyer_id, a.deposited, sum(d.amount) as deposits
                    from payment_svc.account a left join payment_svc.deposit d on d.buyer_id = a.buyer_id
                    group by a.buyer_id, a.deposited having a.deposited <> coalesce(sum(d.amount), 0)
                    """),
            new Invariant("I2 frozen and spent are the sums of the payments from wallets", """
                    select a.buyer_id, a.frozen, a.spent,
                        sum(if(p.status = 'OPEN', p.amount, 0)) as rows_open,
                        sum(if(p.status = 'CAPTURED', p.amount, 0)) as rows_captured
                    from payment_svc.account a left join payment_svc.payment p on p.buyer_id = a.buyer_id and p.method = 'WALLET'
                    group by a.buyer_id, a.frozen, a.spent
                    having a.frozen <> rows_open or a.spent <> rows_captured
                    """),
            new Invariant("I3 never more is sold than was received", """
                    select * from stock_svc.stock where sold > received or sold + reserved > received
                    """),
            new Invariant("I4 one order has at most one live reservation per SKU", """
                    select order_id, sku, count(*) from stock_svc.reservation where status <> 'RELEASED'
                    group by order_id, sku having count(*) > 1
                    """),
            new Invariant("I4 one order has at most one live payment", """
                    select order_id, count(*) from payment_svc.payment where status <> 'RELEASED'
                    group by order_id having count(*) > 1
                    """),
            new Invariant("I4 one Idempotency-Key of a buyer stands for one order", """
                    select buyer_id, idempotency_key, count(*) from order_svc.orders
                    group by buyer_id, idempotency_key having count(*) > 1
                    """),
            new Invariant("I8 a reservation is where the fence of its branch is", """
                    select f.xid, f.branch_id, f.status as fence, r.order_id, r.sku, r.status
                    from stock_svc.reservation r
                    left join stock_svc.tcc_fence_log f on f.xid = r.xid and f.branch_id = r.branch_id
                    left join order_svc.orders o on o.order_id = r.order_id
                    where not coalesce((f.status = 1 and r.status = 'RESERVED') or (f.status = 2 and r.status = 'SOLD')
                        or (f.status = 3 and r.status = 'RELEASED')
                        -- Released by message, whether its Confirm had come or not.
                        or (f.status in (1, 2) and r.status = 'RELEASED' and o.status in ('CLOSING', 'CLOSED')), false)
                    """),
            new Invariant("I8 a payment is where the fence of its branch is", """
                    select f.xid, f.branch_id, f.status as fence, p.order_id, p.status
                    from payment_svc.payment p
                    left join payment_svc.tcc_fence_log f on f.xid = p.xid and f.branch_id = p.branch_id
                    left join order_svc.orders o on o.order_id = p.order_id
                    where not coalesce((f.status = 1 and p.status = 'OPEN') or (f.status = 2 and p.status = 'CAPTURED')
                        or (f.status = 3 and p.status = 'RELEASED')
                        or (f.status = 5 and p.method = 'CARD' and p.status in ('GIVEN_UP', 'CAPTURED'))
                        -- Refunded by message, after it was captured.
                        or ((f.status = 2 or f.status = 5 and p.method = 'CARD') and p.status = 'REFUNDED'
                            and o.status in ('CLOSING', 'CLOSED') and o.reason_code = 'cancelled'), false)
                    """),
            new Invariant("I8 a branch that took effect has its rows", """
                    select f.* from stock_svc.tcc_fence_log f
                    left join stock_svc.reservation r on r.xid = f.xid and r.branch_id = f.branch_id
                    where f.status in (1, 2, 3) and r.xid is null
                    union all
                    select f.* from payment_svc.tcc_fence_log f
                    left join payment_svc.payment p on p.xid = f.xid and p.branch_id = f.branch_id
                    where f.status in (1, 2, 3) and p.xid is null
                    """));

    /** True of an order that became PAID in the very instant it did: its payment was captured before. */
    private static final Invariant PAID_IS_CAPTURED =
            new Invariant("I7 an order is PAID only once its payment is captured, of exactly its total", """
                    select o.order_id, o.status, o.total_minor, p.status as payment, p.amount
                    from order_svc.orders o
                    left join payment_svc.payment p on p.order_id = o.order_id and p.status <> 'RELEASED'
                    where o.status = 'PAID' and not coalesce(p.status = 'CAPTURED' and p.amount = o.total_minor
                        and p.currency = o.currency and p.buyer_id = o.buyer_id, false)
                    """);

    /** True once everything has come to rest. */
    private static final List<Invariant> AT_REST = List.of(
            new Invariant("I5 every order is PAID, REJECTED or CLOSED", """
                    select order_id, status, xid, created_at from order_svc.orders
                    where status not in ('PAID', 'REJECTED', 'CLOSED')
                    """),
            new Invariant("I6 no fence row is TRIED", """
                    select 'order' as service, f.* from order_svc.tcc_fence_log f where status = 1
                    union all select 'stock', f.* from stock_svc.tcc_fence_log f where status = 1
                    union all select 'payment', f.* from payment_svc.tcc_fence_log f where status = 1
                    """),
            new Invariant("I6 nothing is reserved", """
                    select sku, reserved from stock_svc.stock where reserved <> 0
                    """),
            new Invariant("I6 no reservation is undecided", """
                    select * from stock_svc.reservation where status = 'RESERVED'
                    """),
            new Invariant("I6 no money is frozen", """
                    select buyer_id, frozen from payment_svc.account where frozen <> 0
                    """),
            new Invariant("I6 no payment is open", """
                    select * from payment_svc.payment where status = 'OPEN'
                    """),
            new Invariant("I7 a charge is captured if, and only if, its payment is", """
                    select p.xid, p.order_id, p.status, c.status as charge
                    from payment_svc.payment p
                    left join payment_svc.card_charge c
                        on c.xid = p.xid and c.branch_id = p.branch_id and c.order_id = p.order_id
                    where p.method = 'CARD' and (p.status = 'CAPTURED') <> coalesce(c.status = 'CAPTURED', false)
                    """),
            new Invariant(
                    "I9 what payment-svc refunded by card was captured and refunded at the gateway, once each", """
                    select p.order_id, p.amount, c.status as charge, sum(l.effect = 'CAPTURED') as captures,
                        sum(l.effect = 'REFUNDED') as refunds, min(l.amount), max(l.amount)
                    from payment_svc.payment p
                    left join payment_svc.card_charge c
                        on c.xid = p.xid and c.branch_id = p.branch_id and c.order_id = p.order_id
                    left join gateway_sandbox.ledger_entry l on l.reference = p.order_id and l.effect in ('CAPTURED', 'REFUNDED')
                    where p.method = 'CARD' and p.status = 'REFUNDED'
                    group by p.order_id, p.amount, c.status
                    having not coalesce(charge = 'REFUNDED' and captures = 1 and refunds = 1
                        and min(l.amount) = p.amount and max(l.amount) = p.amount, false)
                    """),
            new Invariant("I9 what payment-svc captured by card is captured at the gateway, once, in that amount", """
                    select p.order_id, p.amount, count(g.id) as charges, sum(g.amount) as taken
                    from payment_svc.payment p
                    left join gateway_sandbox.charge g on g.reference = p.order_id and g.status = 'CAPTURED'
                    where p.method = 'CARD' and p.status = 'CAPTURED'
                    group by p.order_id, p.amount having charges <> 1 or taken <> p.amount
                    """),
            new Invariant("I9 what the gateway took for no captured payment is to be voided or refunded", """
                    select g.* from gateway_sandbox.charge g
                    left join payment_svc.payment p on p.order_id = g.reference and p.status = 'CAPTURED'
                    left join payment_svc.card_charge c on c.order_id = g.reference
                    left join payment_svc.void_or_refund v on v.charge_key = c.charge_key and v.status = 'DUE'
                    where g.status = 'CAPTURED' and p.order_id is null and v.charge_key is null
                    """),
            new Invariant("I7 each line of a PAID order is sold, in exactly its quantity", """
                    select o.order_id, l.sku, l.quantity, r.status, r.quantity as reserved_quantity
                    from order_svc.orders o join order_svc.order_line l on l.order_id = o.order_id
                    left join stock_svc.reservation r
                        on r.order_id = l.order_id and r.sku = l.sku and r.status <> 'RELEASED'
                    where o.status = 'PAID' and not coalesce(r.status = 'SOLD' and r.quantity = l.quantity, false)
                    """),
            PAID_IS_CAPTURED,
            new Invariant(
                    "I7 a CLOSED order's payment is refunded if it was cancelled, and given up otherwise; no other is",
                    """
                    select o.order_id, o.status, o.reason_code, o.total_minor, p.status as payment, p.amount
                    from order_svc.orders o
                    left join payment_svc.payment p on p.order_id = o.order_id and p.status <> 'RELEASED'
                    where (o.status = 'CLOSED' and o.reason_code = 'cancelled')
                            <> coalesce(p.status = 'REFUNDED' and p.amount = o.total_minor, false)
                        or (o.status = 'CLOSED' and o.reason_code = 'payment-given-up')
                            <> coalesce(p.status = 'GIVEN_UP', false)
                    """),
            new Invariant("I7 nothing is held or sold for anything but a line of a PAID order", """
                    select r.* from stock_svc.reservation r
                    left join order_svc.orders o on o.order_id = r.order_id and o.status = 'PAID'
                    left join order_svc.order_line l on l.order_id = o.order_id and l.sku = r.sku
                    where r.status <> 'RELEASED' and l.sku is null
                    """),
            new Invariant("I7 no money is held or spent for anything but a PAID order", """
                    select p.* from payment_svc.payment p
                    left join order_svc.orders o on o.order_id = p.order_id and o.status = 'PAID'
                    where p.status not in ('RELEASED', 'GIVEN_UP', 'REFUNDED') and o.order_id is null
                    """),
            new Invariant("I7 every order that is REJECTED or CLOSED says why, and no other order does", """
                    select order_id, status, reason_code from order_svc.orders
                    where (status in ('REJECTED', 'CLOSED')) <> (reason_code is not null)
                    """),
            new Invariant("I7 a total is the sum of its lines", """
                    select o.order_id, o.total_minor, sum(l.quantity * l.unit_price_minor) as lines_total
                    from order_svc.orders o left join order_svc.order_line l on l.order_id = o.order_id
                    group by o.order_id, o.total_minor having o.total_minor <> coalesce(lines_total, 0)
                    """),
            new Invariant("I8 what was sold of a SKU is what the PAID orders have of it", """
                    select s.sku, s.sold, coalesce(sum(l.quantity), 0) as in_paid_orders
                    from stock_svc.stock s
                    left join (select l.sku, l.quantity from order_svc.order_line l
                               join order_svc.orders o on o.order_id = l.order_id and o.status = 'PAID') l on l.sku = s.sku
                    group by s.sku, s.sold having s.sold <> in_paid_orders
                    """),
            new Invariant("I8 what a buyer spent is what the buyer's PAID orders cost", """
                    select a.buyer_id, a.spent, coalesce(sum(o.total_minor), 0) as in_paid_orders
                    from payment_svc.account a
                    left join order_svc.orders o on o.buyer_id = a.buyer_id and o.status = 'PAID'
                        and o.payment_method = 'WALLET'
                    group by a.buyer_id, a.spent having a.spent <> in_paid_orders
                    """),
            // A SUSPENDED branch took no effect: its Try failed or came too late, whatever became of the others.
            new Invariant("I8 the branches of one global transaction that took effect ended the same way", """
                    select xid, group_concat(status) from (
                        select xid, status from order_svc.tcc_fence_log
                        union all select xid, status from stock_svc.tcc_fence_log
                        union all select xid, status from payment_svc.tcc_fence_log) f
                    group by xid having sum(status = 2) > 0 and sum(status in (1, 3)) > 0
                    """));

    private final MariaDb.Access root;
    private final ProcessEvents events;

    Databases(MariaDb.Access root, ProcessEvents events) {
        this.root = root;
        this.events = events;
    }

    /** Waits until everything is at rest, at most the time that the design promises, and asserts I1 to I8. */
    public void awaitRestAndBalance() {
        events.waited("every order is final", () -> await("every order is final")
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(DEADLINE)
                .ignoreExceptions()
                .untilAsserted(() -> assertHolds(AT_REST)));
        assertBalancedAtEveryInstant();
    }

    /** I1 to I4 and I8 hold in the middle of anything, so this may be called while orders run and parts die. */
    public void assertBalancedAtEveryInstant() {
        assertHolds(ALWAYS);
    }

    public void assertNoOrderIsPaidWithoutItsMoney() {
        assertHolds(List.of(PAID_IS_CAPTURED));
    }

    /** All in one snapshot of all databases: they are in one server. */
    private void assertHolds(List<Invariant> invariants) {
        Map<String, List<Map<String, Object>>> breaches = new LinkedHashMap<>();
        try (Connection connection = root.connect();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("start transaction with consistent snapshot, read only");
            for (Invariant invariant : invariants) {
                List<Map<String, Object>> rows = rowsOf(statement, invariant.breaches());
                if (!rows.isEmpty()) {
                    breaches.put(invariant.sentence(), rows);
                }
            }
            statement.execute("rollback");
        } catch (SQLException e) {
            throw new IllegalStateException("the databases cannot be read", e);
        }
        assertThat(breaches)
                .as("broken invariants and the rows that break them")
                .isEmpty();
    }

    private static List<Map<String, Object>> rowsOf(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData columns = result.getMetaData();
            List<Map<String, Object>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnLabel(i), result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** One number from a query over all databases. */
    public long number(String sql, Object... parameters) {
        try (Connection connection = root.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AssertionError("no row: " + sql + " " + List.of(parameters));
                }
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the databases cannot be read: " + sql, e);
        }
    }

    /** One text from a query over all databases; empty if there is no row or it is null. */
    public String text(String sql, Object... parameters) {
        try (Connection connection = root.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                String value = row.next() ? row.getString(1) : null;
                return value == null ? "" : value;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the databases cannot be read: " + sql, e);
        }
    }

    public Stock stock(String sku) {
        return new Stock(
                stockColumn("received", sku),
                stockColumn("available", sku),
                stockColumn("reserved", sku),
                stockColumn("sold", sku));
    }

    private long stockColumn(String column, String sku) {
        return number("select coalesce(max(" + column + "), 0) from stock_svc.stock where sku = ?", sku);
    }

    public Account account(String buyer) {
        return new Account(
                accountColumn("deposited", buyer),
                accountColumn("balance", buyer),
                accountColumn("frozen", buyer),
                accountColumn("spent", buyer));
    }

    private long accountColumn(String column, String buyer) {
        return number("select coalesce(max(" + column + "), 0) from payment_svc.account where buyer_id = ?", buyer);
    }

    public record Stock(long received, long available, long reserved, long sold) {}

    public record Account(long deposited, long balance, long frozen, long spent) {}

    public String orderStatus(String orderId) {
        return text("select status from order_svc.orders where order_id = ?", orderId);
    }

    public String xidOf(String orderId) {
        return text("select xid from order_svc.orders where order_id = ?", orderId);
    }

    /** The only order of a buyer, waited for: orders are written down before their first Try. */
    public String awaitOrderOf(String buyer) {
        return await("the order is received")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(9))
                .until(
                        () -> text("select order_id from order_svc.orders where buyer_id = ?", buyer),
                        id -> !id.isEmpty());
    }

    public long ordersOf(String buyer, String status) {
        return number("select count(*) from order_svc.orders where buyer_id = ? and status = ?", buyer, status);
    }

    /** Where the fence of a service stands for a global transaction: TRIED, COMMITTED, ROLLBACKED, SUSPENDED, or empty. */
    public String fence(String schema, String xid) {
        return text(
                "select elt(status, 'TRIED', 'COMMITTED', 'ROLLBACKED', 'SUSPENDED') from " + schema
                        + ".tcc_fence_log where xid = ? order by gmt_create desc limit 1",
                xid);
    }

    public void awaitFence(String schema, String xid, String status) {
        events.waited("a branch is " + status, () -> await(schema + " has its branch " + status)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(20))
                .until(() -> fence(schema, xid).equals(status)));
    }

    /** All that can be counted or summed up: if this is the same before and after, nothing has changed. */
    public Map<String, Long> totals() {
        Map<String, String> questions = new TreeMap<>(Map.ofEntries(
                Map.entry("skus", "select count(*) from stock_svc.stock"),
                Map.entry("received", "select coalesce(sum(received), 0) from stock_svc.stock"),
                Map.entry("available", "select coalesce(sum(available), 0) from stock_svc.stock"),
                Map.entry("receipts", "select count(*) from stock_svc.receipt"),
                Map.entry("reservations", "select count(*) from stock_svc.reservation"),
                Map.entry("live reservations", "select count(*) from stock_svc.reservation where status <> 'RELEASED'"),
                Map.entry("stock fences", "select count(*) from stock_svc.tcc_fence_log where status <> 4"),
                Map.entry("accounts", "select count(*) from payment_svc.account"),
                Map.entry("deposited", "select coalesce(sum(deposited), 0) from payment_svc.account"),
                Map.entry("balance", "select coalesce(sum(balance), 0) from payment_svc.account"),
                Map.entry("deposits", "select count(*) from payment_svc.deposit"),
                Map.entry("live payments", "select count(*) from payment_svc.payment where status <> 'RELEASED'"),
                Map.entry(
                        "orders that are not rejected",
                        "select count(*) from order_svc.orders where status <> 'REJECTED'")));
        Map<String, Long> totals = new TreeMap<>();
        questions.forEach((name, sql) -> totals.put(name, number(sql)));
        return totals;
    }

    /** Every row that a branch or an order leaves behind, whatever became of it. */
    public Map<String, Long> traces() {
        Map<String, Long> traces = new TreeMap<>();
        for (String table : List.of(
                "order_svc.orders",
                "order_svc.tcc_fence_log",
                "stock_svc.reservation",
                "stock_svc.tcc_fence_log",
                "payment_svc.payment",
                "payment_svc.tcc_fence_log")) {
            traces.put(table, number("select count(*) from " + table));
        }
        return traces;
    }

    /** Deadlocks that the database server has seen since it was started. */
    public long deadlocks() {
        return number(
                "select variable_value from information_schema.global_status where variable_name = 'INNODB_DEADLOCKS'");
    }

    /** What the database server tells of its last deadlock. */
    public String engineStatus() {
        try (Connection connection = root.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show engine innodb status")) {
            row.next();
            return row.getString("Status");
        } catch (SQLException e) {
            throw new IllegalStateException("the engine's status cannot be read", e);
        }
    }
}

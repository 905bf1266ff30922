package io.holdfast.systemtest.platform;

import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.MariaDb;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Faults in the database: a lock that the test holds stops the platform at an exact point, without any hook in the product. Locks
 * that are still held when a test ends are released before the invariants are checked.
 */
public final class DatabaseFaults implements AutoCloseable {

    /** The database refreshes its tables of locks only if nobody has read them for 100 ms: a faster poll sees stale rows for ever. */
    public static final Duration POLL = Duration.ofMillis(150);

    private final MariaDb.Access root;
    private final ProcessEvents events;
    private final List<Lock> held = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();

    DatabaseFaults(MariaDb.Access root, ProcessEvents events) {
        this.root = root;
        this.events = events;
    }

    /** stock.reserve, stock.sell and stock.release of this SKU wait. */
    public Lock holdStock(String sku) {
        return holdRow("select sku from stock_svc.stock where sku = ? for update", sku);
    }

    /** payment.open, payment.capture and payment.release of this buyer wait. */
    public Lock holdAccount(String buyer) {
        return holdRow("select buyer_id from payment_svc.account where buyer_id = ? for update", buyer);
    }

    /** The end of this order's payment, whichever it is, waits. */
    public Lock holdPayment(String orderId) {
        return holdRow("select order_id from payment_svc.payment where order_id = ? for update", orderId);
    }

    /** order.place, order.complete and order.reject of this order wait. */
    public Lock holdOrder(String orderId) {
        return holdRow("select order_id from order_svc.orders where order_id = ? for update", orderId);
    }

    /** Even reading stock waits: so stock-svc cannot come to refuse an order before the test has taken its next lock. */
    public Lock holdAllOfStock() {
        return hold(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock tables stock_svc.stock write");
            }
        });
    }

    /** stock.sell of this SKU fails at once, again and again, until {@link #letSell} or the test's end. */
    public void refuseToSell(String sku) {
        refuse("stock_svc", "sale", "stock", "new.sold > old.sold and new.sku = '" + sku + "'");
    }

    public void letSell() {
        allow("stock_svc", "sale");
    }

    /** stock.release of this SKU fails at once, again and again, until {@link #letRelease} or the test's end. */
    public void refuseToRelease(String sku) {
        refuse(
                "stock_svc",
                "release",
                "stock",
                "new.reserved < old.reserved and new.available > old.available and new.sku = '" + sku + "'");
    }

    public void letRelease() {
        allow("stock_svc", "release");
    }

    /** payment.release of this buyer fails at once, again and again, until {@link #letGiveBack} or the test's end. */
    public void refuseToGiveBack(String buyer) {
        refuse(
                "payment_svc",
                "give_back",
                "account",
                "new.frozen < old.frozen and new.balance > old.balance and new.buyer_id = '" + buyer + "'");
    }

    public void letGiveBack() {
        allow("payment_svc", "give_back");
    }

    private void refuse(String schema, String what, String table, String when) {
        allow(schema, what);
        String trigger = schema + "." + what + "_refused_by_a_test";
        execute("""
                create trigger %s before update on %s.%s for each row
                begin
                    if %s then
                        signal sqlstate '45000' set message_text = 'a test refuses this';
                    end if;
                end
                """.formatted(trigger, schema, table, when));
        refused.add(trigger);
    }

    private void allow(String schema, String what) {
        String trigger = schema + "." + what + "_refused_by_a_test";
        if (refused.remove(trigger)) {
            execute("drop trigger if exists " + trigger);
        }
    }

    /** The time that a global transaction has is over. The coordinator reads it from its table in each of its rounds. */
    public void endTimeOf(String xid) {
        execute("update seata.global_table set timeout = 1 where xid = '" + xid + "'");
    }

    /** What a person would do by hand, past the services. */
    public void execute(String sql) {
        try (Connection connection = root.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Whether one transaction of a service waits for another one of the same service. */
    public boolean isWaitingForItself(String service) throws SQLException {
        try (Connection looking = root.connect();
                PreparedStatement statement = looking.prepareStatement("""
                        select 1 from information_schema.innodb_lock_waits w
                        join information_schema.innodb_trx holder on holder.trx_id = w.blocking_trx_id
                        join information_schema.innodb_trx waiter on waiter.trx_id = w.requesting_trx_id
                        join information_schema.processlist h on h.id = holder.trx_mysql_thread_id and h.user = ?
                        join information_schema.processlist p on p.id = waiter.trx_mysql_thread_id and p.user = ?
                        """)) {
            statement.setString(1, service.replace('-', '_'));
            statement.setString(2, service.replace('-', '_'));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private Lock holdRow(String sql, String key) {
        return hold(connection -> {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, key);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new IllegalStateException("there is no row to lock: " + sql + " " + key);
                    }
                }
            }
        });
    }

    private Lock hold(Locking locking) {
        try {
            Connection connection = root.connect();
            Lock lock = new Lock(connection, connectionId(connection));
            held.add(lock);
            try (Statement statement = connection.createStatement()) {
                // Longer than anything that is waited for in a test, shorter than a test.
                statement.execute("set session innodb_lock_wait_timeout = 30, lock_wait_timeout = 30");
            }
            locking.take(connection);
            return lock;
        } catch (SQLException e) {
            throw new IllegalStateException("the test could not take its lock", e);
        }
    }

    private static long connectionId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select connection_id()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        held.forEach(Lock::release);
        held.clear();
        letSell();
        letRelease();
        letGiveBack();
    }

    private interface Locking {
        void take(Connection connection) throws SQLException;
    }

    /** A lock that stands until it is released. */
    public final class Lock {

        private final Connection connection;
        private final long connectionId;
        private boolean released;

        private Lock(Connection connection, long connectionId) {
            this.connection = connection;
            this.connectionId = connectionId;
        }

        /** Returns once a transaction of that service waits for this very lock: the proof that the platform is held. */
        public Lock awaitWaiting(String service) {
            return awaitWaiting(service, 1);
        }

        public Lock awaitWaiting(String service, int transactions) {
            events.waited("a lock is waited for", () -> await(
                            transactions + " of " + service + " wait for the lock of the test")
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(Duration.ofSeconds(9))
                    .until(() -> waiting(service) >= transactions));
            return this;
        }

        public boolean isWaitedForBy(String service) throws SQLException {
            return waiting(service) > 0;
        }

        /** Also those that stand in the queue behind another that waits: the database names only the next one ahead. */
        private int waiting(String service) throws SQLException {
            String user = service.replace('-', '_');
            try (Connection looking = root.connect();
                    PreparedStatement statement = looking.prepareStatement("""
                            select holder.trx_mysql_thread_id as ahead, p.id, p.user
                            from information_schema.innodb_lock_waits w
                            join information_schema.innodb_trx holder on holder.trx_id = w.blocking_trx_id
                            join information_schema.innodb_trx waiter on waiter.trx_id = w.requesting_trx_id
                            join information_schema.processlist p on p.id = waiter.trx_mysql_thread_id
                            union all
                            select ?, id, user from information_schema.processlist
                            where state = 'Waiting for table metadata lock'
                            """)) {
                statement.setLong(1, connectionId);
                Map<Long, Long> ahead = new HashMap<>();
                Set<Long> ofService = new HashSet<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ahead.put(rows.getLong("id"), rows.getLong("ahead"));
                        if (rows.getString("user").equals(user)) {
                            ofService.add(rows.getLong("id"));
                        }
                    }
                }
                return (int)
                        ofService.stream().filter(id -> leadsHere(id, ahead)).count();
            }
        }

        private boolean leadsHere(long waiter, Map<Long, Long> ahead) {
            Long next = ahead.get(waiter);
            for (int steps = 0; next != null && steps <= ahead.size(); steps++) {
                if (next == connectionId) {
                    return true;
                }
                next = ahead.get(next);
            }
            return false;
        }

        /** Lets the platform go on. May be called twice. */
        public void release() {
            if (released) {
                return;
            }
            released = true;
            try (Connection closed = connection;
                    Statement statement = closed.createStatement()) {
                // Before the connection goes: the server may notice a closed one a little later.
                statement.execute("rollback");
                statement.execute("unlock tables");
            } catch (SQLException e) {
                // The test may have killed the server that held the lock.
                if (e.getSQLState() == null || !e.getSQLState().startsWith("08")) {
                    throw new IllegalStateException("the test could not release its lock", e);
                }
            }
        }
    }
}

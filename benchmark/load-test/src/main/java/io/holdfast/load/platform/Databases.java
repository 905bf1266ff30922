package io.holdfast.load.platform;

import io.holdfast.localplatform.part.MariaDb;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The truth as it stands in the databases. No service is asked. */
public final class Databases {

    private final MariaDb.Access root;

    public Databases(Platform platform) {
        this.root = platform.stack().database().rootAccess("order_svc");
    }

    /** Rows of a query over all databases, as columns by name. */
    public List<Map<String, Object>> rows(String sql, Object... parameters) {
        try (Connection connection = root.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
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
        } catch (SQLException e) {
            throw new IllegalStateException("the databases cannot be read: " + e.getMessage(), e);
        }
    }

    /** Changes the server, not what is kept in it. */
    public void execute(String sql) {
        try (Connection connection = root.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("the database server refuses: " + sql + ": " + e.getMessage(), e);
        }
    }

    /** The only row of a query whose columns are all numbers. */
    public Map<String, Long> numbers(String sql, Object... parameters) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        rows(sql, parameters).get(0).forEach((name, value) -> numbers.put(name, ((Number) value).longValue()));
        return numbers;
    }

    /** The only number of a query. */
    public long number(String sql, Object... parameters) {
        return numbers(sql, parameters).values().iterator().next();
    }

    /**
     * Waits until every order of these buyers is decided.
     *
     * @return how many are not, after that time
     */
    public long awaitDecided(String buyerPrefix, Duration atMost) throws InterruptedException {
        return await(() -> undecided(buyerPrefix), atMost);
    }

    /**
     * Waits until the coordinator has nothing left to do for global transactions that have ended: it forgets them seconds later, and whoever
     * is measured then would pay for it.
     *
     * @return how many it still knows, after that time
     */
    public long awaitForgotten(Duration atMost) throws InterruptedException {
        return await(() -> number("select count(*) from seata.global_table"), atMost);
    }

    private static long await(LongSupplier left, Duration atMost) throws InterruptedException {
        Instant end = Instant.now().plus(atMost);
        long now = left.getAsLong();
        while (now > 0 && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(250);
            now = left.getAsLong();
        }
        return now;
    }

    private long undecided(String buyerPrefix) {
        return number("""
                select count(*) from order_svc.orders
                where buyer_id like ? and status not in ('PAID', 'REJECTED', 'CLOSED')
                """, buyerPrefix + "%");
    }
}

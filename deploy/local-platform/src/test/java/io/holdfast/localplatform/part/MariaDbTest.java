package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The real server, in a folder so deep that a socket by its full path could not be opened. Unpacking takes most of the time, so it is done once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
public class MariaDbTest {

    private static final Path FOLDER = Path.of("target", "a-folder-deeper-than-a-unix-socket-may-lie-".repeat(3))
            .toAbsolutePath();

    private Stack stack;
    private MariaDb database;

    @BeforeAll
    void start() throws Exception {
        RunFolder.deleteTree(FOLDER);
        stack = Stack.in(Path.of("../.."))
                .runFolder(FOLDER)
                .portOffset(freeOffset())
                .stopWithThisJvm()
                .open();
        database = stack.database();
        database.start();
    }

    @AfterAll
    void stop() throws Exception {
        stack.close();
        RunFolder.deleteTree(FOLDER);
    }

    @Test
    @Order(1)
    void isReadyAndTold() throws Exception {
        assertThat(database.state()).isEqualTo(Part.State.READY);
        StackFile.Entry entry = stack.stackFile().entry("mariadb").orElseThrow();
        assertThat(entry.pid()).isEqualTo(database.pid().orElseThrow());
        assertThat(entry.url()).isEqualTo(database.url());
        assertThat(Path.of(entry.log())).isNotEmptyFile();
        assertThat(database.residentBytes().orElseThrow()).isBetween(50L << 20, 800L << 20);
    }

    @Test
    @Order(2)
    void eachUserHasRightsOnItsOwnSchemaAlone() throws Exception {
        for (String schema : MariaDb.SCHEMAS) {
            try (Connection connection = database.access(schema).connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table probe (id int primary key)");
                statement.execute("drop table probe");
                assertThat(strings(statement, "show databases"))
                        .containsExactlyInAnyOrder("information_schema", schema);
                for (String other : MariaDb.SCHEMAS) {
                    if (!other.equals(schema)) {
                        refused(statement, "create table `" + other + "`.probe (id int)");
                    }
                }
                // "_" in a grant stands for any character.
                refused(statement, "create database `" + schema.replace('_', 'x') + "x`");
                refused(statement, "select * from mysql.global_priv");
            }
        }
    }

    @Test
    @Order(2)
    void nobodyGetsInWithoutAPassword() throws Exception {
        for (String user : List.of("root", "seata", "order_svc", "", "mysql")) {
            assertThatExceptionOfType(SQLException.class).as("user '%s'", user).isThrownBy(() -> new MariaDb.Access(
                            database.access("seata").jdbcUrl(), user, "")
                    .connect()
                    .close());
        }
        try (Connection connection = database.rootAccess("mysql").connect();
                Statement statement = connection.createStatement()) {
            assertThat(strings(statement, "select user from global_priv where host not in ('localhost', '127.0.0.1')"))
                    .isEmpty();
        }
    }

    @Test
    @Order(2)
    void theCoordinatorsTablesAreThere() throws Exception {
        try (Connection connection = database.access("seata").connect();
                Statement statement = connection.createStatement()) {
            assertThat(strings(statement, "show tables"))
                    .contains("global_table", "branch_table", "lock_table", "distributed_lock");
            assertThat(strings(statement, "select count(*) from distributed_lock"))
                    .doesNotContain("0");
        }
    }

    @Test
    @Order(2)
    void commitsAreForcedToDiskAndKeysAreComparedExactly() throws Exception {
        try (Connection connection = database.access("order_svc").connect();
                Statement statement = connection.createStatement()) {
            assertThat(strings(statement, "select @@innodb_flush_log_at_trx_commit"))
                    .containsExactly("1");
            statement.execute("create table sku (sku varchar(64) primary key)");
            assertThat(statement.executeUpdate("insert into sku values ('tea'), ('TEA')"))
                    .isEqualTo(2);
            statement.execute("drop table sku");
        }
    }

    @Test
    @Order(3)
    void keepsItsDataWhenItIsKilledAndStartedAgain() throws Exception {
        try (Connection connection = database.access("stock_svc").connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table kept (id int primary key)");
            statement.execute("insert into kept values (42)");
        }
        long before = database.pid().orElseThrow();

        database.kill();
        assertThat(database.state()).isEqualTo(Part.State.DIED);
        assertThat(database.pid()).isEmpty();
        database.start();

        assertThat(database.pid().orElseThrow()).isNotEqualTo(before);
        try (Connection connection = database.access("stock_svc").connect();
                Statement statement = connection.createStatement()) {
            assertThat(strings(statement, "select id from kept")).containsExactly("42");
        }
    }

    @Test
    @Order(4)
    void doesNotAnswerWhileItIsPaused() throws Exception {
        database.pause();
        assertThat(database.state()).isEqualTo(Part.State.NOT_ANSWERING);

        database.resume();
        database.awaitReady();

        assertThat(database.state()).isEqualTo(Part.State.READY);
    }

    @Test
    @Order(5)
    void isNotStartedTwice() {
        assertThatExceptionOfType(PartFailed.class)
                .isThrownBy(database::start)
                .withMessage("mariadb: is running already");
        assertThat(database.isRunning()).isTrue();
    }

    @Test
    @Order(6)
    void stops() throws Exception {
        database.stop();

        assertThat(database.state()).isEqualTo(Part.State.STOPPED);
        assertThat(stack.stackFile().entries()).isEmpty();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> database.access("seata").connect().close());
        database.stop();
    }

    private static List<String> strings(Statement statement, String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    private static void refused(Statement statement, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .as(sql)
                .isThrownBy(() -> statement.execute(sql))
                .withMessageContaining("denied");
    }

    /** Such that the database's port is free; no other part is started here. */
    private static int freeOffset() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort() - new Ports(0).mariaDb();
        }
    }
}

package io.holdfast.tcc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that find no deadlocks are worth something only if the count of deadlocks counts. */
class DeadlockCountTest {

    @Test
    void mariadb_counts_a_deadlock() throws Exception {
        aDeadlockIsCounted(TestDatabase.mariaDb());
    }

    @Test
    void postgresql_counts_a_deadlock() throws Exception {
        aDeadlockIsCounted(TestDatabase.postgres());
    }

    @Test
    @OnlyWithMySql
    void mysql_counts_a_deadlock() throws Exception {
        aDeadlockIsCounted(TestDatabase.mysql());
    }

    private static void aDeadlockIsCounted(TestDatabase database) throws Exception {
        TestSchema schema = database.newSchema("deadlock");
        schema.run("""
                create table held (id int primary key, n int);
                insert into held values (1, 0), (2, 0);
                """);
        long before = database.deadlocks();
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> one = threads.submit(lockInTurn(schema, 1, 2, bothHoldOne));
            Future<Boolean> other = threads.submit(lockInTurn(schema, 2, 1, bothHoldOne));
            assertThat(Stream.of(one.get(1, TimeUnit.MINUTES), other.get(1, TimeUnit.MINUTES)))
                    .containsExactlyInAnyOrder(true, false);
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.deadlocks()).isEqualTo(before + 1);
    }

    /** @return false if the database chose this one to break the deadlock */
    private static Callable<Boolean> lockInTurn(TestSchema schema, int first, int second, CyclicBarrier bothHoldOne) {
        return () -> {
            try (Connection connection = schema.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("update held set n = n + 1 where id = " + first);
                bothHoldOne.await(1, TimeUnit.MINUTES);
                statement.execute("update held set n = n + 1 where id = " + second);
                connection.commit();
                return true;
            } catch (SQLException e) {
                return false;
            }
        };
    }
}

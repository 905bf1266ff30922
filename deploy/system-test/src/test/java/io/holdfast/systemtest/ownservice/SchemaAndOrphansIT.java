package io.holdfast.systemtest.ownservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.tm.api.GlobalTransaction;
import org.apache.seata.tm.api.GlobalTransactionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Branches that the real coordinator sends to the wrong service, and such as it sends to nobody. */
@OnThePlatform
@ExtendWith(OwnServiceExtension.class)
@Order(30)
class SchemaAndOrphansIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String OTHER = "00000000deadbeef";

    private final Databases databases;
    private final OwnService service;
    private final Stack stack;
    private final String buyer;

    SchemaAndOrphansIT(Databases databases, OwnService service, Stack stack) {
        this.databases = databases;
        this.service = service;
        this.stack = stack;
        this.buyer = service.newBuyer();
    }

    @AfterEach
    void leaveNoTransactionOnThisThread() {
        RootContext.unbind();
    }

    /** As a service with the same application id and another database sees it. */
    @Test
    void aBranchThatBearsAnotherSchemaIsRefusedUntilTheRightOneIsAsked() throws TransactionException, SQLException {
        String own = databases.text("select schema_id from own_service.tcc_schema_identity");
        long refused = service.count("holdfast.tcc.other.schema", "schema", own, "other", OTHER);
        GlobalTransaction transaction = OwnService.begin();
        service.points().hold(null, buyer, 30);
        assertThat(databases.text(
                        "select application_data from seata.branch_table where xid = ?", transaction.getXid()))
                .contains("\"holdfast.schema\":\"" + own + "\"");
        bearInstead(own, OTHER, transaction);
        transaction.commit();

        await("it is refused, and asked for again")
                .atMost(SOON)
                .until(() -> service.count("holdfast.tcc.other.schema", "schema", own, "other", OTHER) >= refused + 2);
        assertThat(databases.fence("own_service", transaction.getXid())).isEqualTo("TRIED");
        assertPoints(70, 30, 0);
        bearInstead(OTHER, own, transaction);

        databases.awaitFence("own_service", transaction.getXid(), "COMMITTED");
        assertPoints(70, 0, 30);
    }

    /** The coordinator's check and its insert are two steps. A lock in between makes what is otherwise a matter of milliseconds. */
    @Test
    void aBranchThatIsRegisteredAfterItsTransactionTimedOutIsCancelled() throws Exception {
        long cancelled = service.count("holdfast.tcc.orphans", "action", Points.ACTION, "result", "cancel");
        GlobalTransaction transaction = GlobalTransactionContext.createNew();
        transaction.begin(2_000, "own-service");
        String xid = transaction.getXid();
        CompletableFuture<Void> tried;
        try (Connection lock = stack.database().rootAccess("seata").connect()) {
            lock.setAutoCommit(false);
            lock.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (PreparedStatement gap =
                    lock.prepareStatement("select branch_id from branch_table where xid = ? for update")) {
                gap.setString(1, xid);
                gap.executeQuery();
            }
            tried = CompletableFuture.runAsync(() -> {
                RootContext.bind(xid);
                try {
                    service.points().hold(null, buyer, 30);
                } finally {
                    RootContext.unbind();
                }
            });
            await("the coordinator has checked, and cannot insert")
                    .atMost(SOON)
                    .until(() -> databases.number(
                                    "select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'"
                                            + " and trx_query like 'insert into branch_table%'")
                            > 0);
            await("the transaction has timed out and is forgotten")
                    .atMost(SOON)
                    .until(() -> databases.number("select count(*) from seata.global_table where xid = ?", xid) == 0);
            lock.rollback();
        }
        tried.get(20, TimeUnit.SECONDS);
        assertPoints(70, 30, 0);
        assertThat(databases.fence("own_service", xid)).isEqualTo("TRIED");

        databases.awaitFence("own_service", xid, "ROLLBACKED");

        assertPoints(100, 0, 0);
        assertThat(service.count("holdfast.tcc.orphans", "action", Points.ACTION, "result", "cancel"))
                .isEqualTo(cancelled + 1);
        change("delete from branch_table where xid = ?", xid);
    }

    private void bearInstead(String schema, String other, GlobalTransaction transaction) throws SQLException {
        assertThat(change(
                        "update branch_table set application_data = replace(application_data, ?, ?) where xid = ?",
                        schema,
                        other,
                        transaction.getXid()))
                .isOne();
    }

    /** In the coordinator's own database. */
    private int change(String sql, String... arguments) throws SQLException {
        try (Connection connection = stack.database().rootAccess("seata").connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int n = 0; n < arguments.length; n++) {
                statement.setString(n + 1, arguments[n]);
            }
            return statement.executeUpdate();
        }
    }

    private void assertPoints(long free, long held, long spent) {
        assertThat(databases.text(
                        "select concat_ws(' ', free, held, spent) from own_service.points where buyer = ?", buyer))
                .as("free, held and spent points")
                .isEqualTo(free + " " + held + " " + spent);
    }
}

package io.holdfast.comparison.at;

import io.holdfast.comparison.Ledger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.seata.rm.datasource.DataSourceProxy;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The proxied data source. It is no bean, so that nothing else runs through it. */
@Component
// The proxy looks for its table at once.
@DependsOnDatabaseInitialization
class AtDatabase {

    private final Ledger ledger;
    private final TransactionTemplate transaction;

    AtDatabase(DataSource database) {
        DataSource proxied = new DataSourceProxy(database);
        this.ledger = new Ledger(new JdbcTemplate(proxied));
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(proxied));
    }

    /** In one local transaction, which is a branch if a global one is bound to the thread. */
    void inTransaction(Consumer<Ledger> statements) {
        transaction.executeWithoutResult(running -> statements.accept(ledger));
    }
}

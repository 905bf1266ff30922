package io.holdfast.order.store;

import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A local transaction, or a part of the one that is open. A read has one, too: without it each statement would be one.
 *
 * <p>It is READ COMMITTED, as every connection of the pool is: see application.yml.
 */
@Component
public class LocalTransaction {

    private final TransactionTemplate template;

    LocalTransaction(PlatformTransactionManager transactionManager) {
        this.template = new TransactionTemplate(transactionManager);
    }

    public <T> T get(Supplier<T> sql) {
        return Objects.requireNonNull(template.execute(status -> sql.get()));
    }

    public void run(Runnable sql) {
        template.executeWithoutResult(status -> sql.run());
    }

    /** Nothing of it stays. */
    void runAndRollBack(Runnable sql) {
        template.executeWithoutResult(status -> {
            status.setRollbackOnly();
            sql.run();
        });
    }
}

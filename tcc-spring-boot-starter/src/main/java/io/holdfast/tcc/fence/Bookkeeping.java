package io.holdfast.tcc.fence;

import java.util.function.BooleanSupplier;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Short local transactions about rows of the schedule, apart from those in which something takes effect. */
final class Bookkeeping {

    private final TransactionTemplate transaction;

    Bookkeeping(PlatformTransactionManager transactionManager) {
        this.transaction = new TransactionTemplate(transactionManager);
        // Claims look for rows by key and never depend on gaps; a wider lock would only hold up live branches.
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    /** @return what the change answers: whether it found the row as it expected it */
    boolean change(BooleanSupplier change) {
        return Boolean.TRUE.equals(transaction.execute(status -> change.getAsBoolean()));
    }

    void run(Runnable changes) {
        transaction.executeWithoutResult(status -> changes.run());
    }
}

package io.holdfast.tcc.fence;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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

    /** Reads in a transaction of its own, so that a pool without auto-commit gets its connection back as it was. */
    <T> T ask(Supplier<T> question) {
        return Objects.requireNonNull(transaction.execute(status -> question.get()));
    }

    void run(Runnable changes) {
        transaction.executeWithoutResult(status -> changes.run());
    }

    /** Runs what is to leave nothing. */
    void rehearse(Runnable changes) {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            changes.run();
        });
    }
}

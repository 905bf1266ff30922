package io.holdfast.tcc.fence;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/** All local transactions of the starter. Their isolation is set here and nowhere else, whatever the data source's default is. */
public final class FenceTransactions {

    private final TransactionTemplate business;
    private final TransactionTemplate bookkeeping;

    /** @param isolation of those in which something takes effect */
    public FenceTransactions(PlatformTransactionManager transactionManager, FenceProperties.Isolation isolation) {
        this.business = new TransactionTemplate(transactionManager);
        this.business.setIsolationLevel(isolation.springValue());
        this.bookkeeping = new TransactionTemplate(transactionManager);
        // Claims look for rows by key and never depend on gaps; a wider lock would only hold up live branches.
        this.bookkeeping.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    /** A row of the fence and the business SQL of Try, Confirm, Cancel or give-up: both or neither. */
    public <T extends @Nullable Object> T takeEffect(TransactionCallback<T> effect) {
        return business.execute(effect);
    }

    /**
     * Changes rows of the fence, apart from anything that takes effect.
     *
     * @return what the change answers: whether it found the row as it expected it
     */
    public boolean change(BooleanSupplier change) {
        return Boolean.TRUE.equals(bookkeeping.execute(status -> change.getAsBoolean()));
    }

    /** The same, with another answer. Reads use it too, so that a pool without auto-commit gets its connection back as it was. */
    public <T> T ask(Supplier<T> question) {
        return Objects.requireNonNull(bookkeeping.execute(status -> question.get()));
    }

    /** Runs what is to leave nothing. */
    public void rehearse(Runnable changes) {
        bookkeeping.executeWithoutResult(status -> {
            status.setRollbackOnly();
            changes.run();
        });
    }
}

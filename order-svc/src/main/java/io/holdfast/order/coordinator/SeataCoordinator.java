package io.holdfast.order.coordinator;

import java.time.Duration;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.model.GlobalStatus;
import org.apache.seata.tm.api.GlobalTransaction;
import org.apache.seata.tm.api.GlobalTransactionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seata's coordinator through Seata's own API. Its annotation would not do: it hides the status that a commit answers with, and
 * that is where a rollback by timeout shows.
 *
 * <p>Every call is bounded by {@code seata.transport.rpc-tm-request-timeout} times the retry counts of {@code seata.client.tm}.
 */
public final class SeataCoordinator implements Coordinator {

    private static final Logger log = LoggerFactory.getLogger(SeataCoordinator.class);
    private static final String NAME = "place-orders";

    private final Duration timeout;

    /** @param timeout after which the coordinator rolls a global transaction back that nobody has ended */
    public SeataCoordinator(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public GlobalTx begin() {
        GlobalTransaction transaction = GlobalTransactionContext.createNew();
        try {
            transaction.begin(Math.toIntExact(timeout.toMillis()), NAME);
            return new SeataTx(transaction);
        } catch (TransactionException | RuntimeException e) {
            // Seata's client throws its FrameworkException, unchecked, when it knows no coordinator.
            throw new CoordinatorUnavailableException("The coordinator began no global transaction: " + e);
        }
    }

    @Override
    public GlobalTxOutcome outcomeOf(String xid) {
        try {
            return outcome(GlobalTransactionContext.reload(xid).getStatus());
        } catch (TransactionException | RuntimeException e) {
            log.warn("The coordinator does not say how global transaction {} stands: {}", xid, e.toString());
            return GlobalTxOutcome.UNKNOWN;
        }
    }

    static GlobalTxOutcome outcome(GlobalStatus status) {
        return switch (status) {
            case Begin -> GlobalTxOutcome.RUNNING;
            case Committing,
                    CommitRetrying,
                    AsyncCommitting,
                    Committed,
                    CommitFailed,
                    CommitRetryTimeout,
                    StopCommitOrCommitRetry -> GlobalTxOutcome.COMMITTED;
            case Rollbacking,
                    RollbackRetrying,
                    TimeoutRollbacking,
                    TimeoutRollbackRetrying,
                    RollbackFailed,
                    TimeoutRollbackFailed,
                    RollbackRetryTimeout,
                    StopRollbackOrRollbackRetry -> GlobalTxOutcome.ROLLING_BACK;
            case Rollbacked, TimeoutRollbacked -> GlobalTxOutcome.ROLLED_BACK;
            case Finished -> GlobalTxOutcome.FORGOTTEN;
            case UnKnown, Deleting -> GlobalTxOutcome.UNKNOWN;
        };
    }

    private final class SeataTx implements GlobalTx {

        private final GlobalTransaction transaction;

        SeataTx(GlobalTransaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public String xid() {
            return transaction.getXid();
        }

        @Override
        public GlobalTxOutcome commit() {
            return end("commit", transaction::commit);
        }

        @Override
        public GlobalTxOutcome rollback() {
            return end("rollback", transaction::rollback);
        }

        private GlobalTxOutcome end(String what, End end) {
            try {
                end.call();
                return outcome(transaction.getLocalStatus());
            } catch (TransactionException | RuntimeException e) {
                log.warn("The {} of global transaction {} was not answered: {}", what, xid(), e.toString());
                return outcomeOf(xid());
            } finally {
                // Seata unbinds as well, but not if it fails before it has tried. A thread is never given back bound.
                RootContext.unbind();
            }
        }
    }

    @FunctionalInterface
    private interface End {
        void call() throws TransactionException;
    }
}

package io.holdfast.tcc.coordinator;

import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.model.GlobalStatus;

/** The coordinator, for those who ask how a global transaction stands. */
@FunctionalInterface
public interface GlobalTransactions {

    /**
     * A remote call; not to be made with a local transaction open.
     *
     * @return {@link GlobalStatus#Finished} if the coordinator has none with this xid, or no more
     * @throws TransactionException if it does not answer; nothing follows from that
     */
    GlobalStatus statusOf(String xid) throws TransactionException;
}

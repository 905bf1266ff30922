package io.holdfast.tcc.coordinator;

import org.apache.seata.common.Constants;
import org.apache.seata.common.holder.ObjectHolder;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.exception.TransactionExceptionCode;
import org.apache.seata.core.model.GlobalStatus;
import org.apache.seata.tm.TransactionManagerHolder;

/** Seata's coordinator. A call is bounded by {@code seata.transport.rpc-tm-request-timeout}. */
public final class SeataGlobalTransactions implements GlobalTransactions {

    @Override
    public GlobalStatus statusOf(String xid) throws TransactionException {
        // Without Seata's own start its classes fail to load, and then for good.
        if (ObjectHolder.INSTANCE.getObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT) == null) {
            throw new TransactionException(TransactionExceptionCode.Unknown, "Seata's client is not started");
        }
        return TransactionManagerHolder.get().getStatus(xid);
    }
}

package io.holdfast.tcc.retry;

import io.holdfast.tcc.GiveUp;
import io.holdfast.tcc.GiveUpReason;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The same business with a way forward when its Confirm cannot be done. Public, because Seata's phase two asks for it. */
public final class GivingUpStock extends StockAction implements GiveUp {

    final Queue<String> told = new ConcurrentLinkedQueue<>();
    volatile int failingOutside;
    volatile int failingInside;

    GivingUpStock(FenceBench bench) {
        super(bench.jdbc);
    }

    @Override
    public void beforeGiveUp(BusinessActionContext context, GiveUpReason reason) {
        if (failingOutside-- > 0) {
            throw new IllegalStateException("the gateway cannot be told");
        }
        told.add("outside, transaction open: " + TransactionSynchronizationManager.isActualTransactionActive());
    }

    @Override
    public void giveUp(BusinessActionContext context, GiveUpReason reason) {
        if (failingInside-- > 0) {
            throw new IllegalStateException("the payment is locked");
        }
        told.add("inside, transaction open: " + TransactionSynchronizationManager.isActualTransactionActive() + ", "
                + reason.cause() + ": " + reason.detail());
    }
}

package io.holdfast.order.placing;

import io.holdfast.order.downstream.Payments;
import io.holdfast.order.downstream.Payments.CaptureAnswer;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.store.ClosingOrders;
import io.holdfast.order.store.PlacedOrders;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.RemoteConfirmStep;
import java.util.List;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The branch of the orders themselves, the last one of their global transaction.
 *
 * <p>The coordinator confirms branches in the order of their registration, but in a retry round it goes on past a service that it
 * cannot reach. So the Confirm does not trust that order: it asks payment-svc, and an order is PAID only once its money is taken.
 *
 * <p>The ids are not put into the action's context, which the coordinator keeps in a narrow column: the rows bear xid and branch.
 */
@LocalTCC
@Component
// It asks a downstream service and no more, so it may ask often: an order is to end soon after payment-svc is back, not
// minutes
// later.
@PhaseTwoPolicy(maxDelay = "15s")
public class OrderPlacement implements RemoteConfirmStep {

    private static final Logger log = LoggerFactory.getLogger(OrderPlacement.class);

    private final PlacedOrders placed;
    private final ClosingOrders closing;
    private final Payments payments;

    public OrderPlacement(PlacedOrders placed, ClosingOrders closing, Payments payments) {
        this.placed = placed;
        this.closing = closing;
        this.payments = payments;
    }

    /**
     * Try: RECEIVED becomes PLACED, for all of these orders or none.
     *
     * @param context given by Seata; callers pass null
     */
    @TwoPhaseBusinessAction(
            name = "order.place",
            commitMethod = "complete",
            rollbackMethod = "reject",
            useTCCFence = true)
    public void place(@Nullable BusinessActionContext context, List<Order> orders) {
        if (context == null) {
            throw new IllegalStateException("order.place was called past Seata's interceptor");
        }
        placed.place(orders, context.getXid(), context.getBranchId());
    }

    /**
     * Are the payments captured? Until they are, the buyer may already know that the order is decided. An order whose payment was given up
     * is closed here, in a transaction of its own: that is certain, and its goods need not wait for the other orders of the branch.
     */
    @Override
    public void beforeConfirm(BusinessActionContext context) {
        String xid = context.getXid();
        CaptureAnswer answer = payments.askForCaptures(xid, placed.ordersOf(xid, context.getBranchId()));
        if (!answer.givenUp().isEmpty()) {
            log.info("Orders whose payment was given up are closed: {}", answer.givenUp());
            closing.startClosing(xid, context.getBranchId(), answer.givenUp());
        }
        answer.waitingFor().ifPresent(why -> {
            placed.awaitConfirm(xid);
            throw new NotYetException(why);
        });
    }

    @Override
    public boolean onlyAsks() {
        return true;
    }

    /** Confirm: the orders are PAID, but for those that are being closed. */
    public boolean complete(BusinessActionContext context) {
        placed.complete(context.getXid(), context.getBranchId());
        return true;
    }

    /**
     * Cancel: the orders are REJECTED. That happens to placed orders only if the coordinator ran out of patience, because the
     * placing itself rolls back no more once all Tries are through.
     */
    public boolean reject(BusinessActionContext context) {
        placed.cancel(context.getXid(), context.getBranchId(), Rejection.rolledBack());
        return true;
    }
}

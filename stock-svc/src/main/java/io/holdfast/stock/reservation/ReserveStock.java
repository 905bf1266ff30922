package io.holdfast.stock.reservation;

import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Refusal;
import io.holdfast.tcc.PhaseTwoPolicy;
import java.util.List;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.stereotype.Component;

/**
 * The TCC action {@code stock.reserve}: stock is set aside for one or more orders, then sold or given back. The fence runs each
 * of the three methods in one local transaction.
 *
 * <p>All three come to the stock last. Its rows are what every order wants, so they are held only for the last statement and
 * the commit; and as everybody takes reservations first and stock last, in the order of the SKUs, nobody waits in a circle.
 */
@LocalTCC
@Component
// A few statements and no call, so it may be attempted often: an order is to end soon after whatever failed is back.
@PhaseTwoPolicy(maxDelay = "30s")
public class ReserveStock {

    private final Reservations reservations;
    private final StockLevels levels;

    ReserveStock(Reservations reservations, StockLevels levels) {
        this.reservations = reservations;
        this.levels = levels;
    }

    /**
     * Try.
     *
     * @param orders at least one, with different order ids
     * @throws OrdersRefusedException if there is not enough for one of them; then nothing is reserved for any
     * @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live reservation
     */
    @TwoPhaseBusinessAction(
            name = "stock.reserve",
            commitMethod = "sell",
            rollbackMethod = "release",
            useTCCFence = true)
    public void reserve(BusinessActionContext context, List<OrderLines> orders) {
        if (orders.isEmpty()) {
            throw new IllegalArgumentException("a Try of no orders");
        }
        reservations.add(context.getXid(), context.getBranchId(), orders);
        List<Refusal> refusals = levels.reserve(orders).refusals();
        if (!refusals.isEmpty()) {
            throw new OrdersRefusedException(refusals);
        }
    }

    /** Confirm. It sells nothing that was released before it came: an order whose payment was given up is closed at any time. */
    public boolean sell(BusinessActionContext context) {
        levels.sell(reservations.sell(context.getXid(), context.getBranchId()));
        return true;
    }

    /** Cancel. */
    public boolean release(BusinessActionContext context) {
        levels.release(reservations.release(context.getXid(), context.getBranchId()));
        return true;
    }
}

package io.holdfast.payment.capture;

import io.holdfast.payment.account.Funds;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.payment.model.Refusal;
import io.holdfast.tcc.PhaseTwoPolicy;
import java.util.List;
import java.util.SortedMap;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.stereotype.Component;

/**
 * The TCC action {@code payment.open}: money of the buyers' accounts is set aside for one or more orders, then spent or given
 * back. The fence runs each of the three methods in one local transaction.
 *
 * <p>All three come to accounts last. Else the Try of an order that is just being released could hold its buyer's account and wait
 * for the order's claim, while the Cancel holds the claim and waits for the account.
 */
@LocalTCC
@Component
// A few statements and no call, so it may be attempted often: an order is to end soon after whatever failed is back.
@PhaseTwoPolicy(maxDelay = "30s")
public class OpenPayments {

    private final PaymentRepository payments;
    private final Funds funds;

    OpenPayments(PaymentRepository payments, Funds funds) {
        this.payments = payments;
        this.funds = funds;
    }

    /**
     * Try.
     *
     * @param orders at least one, with different order ids
     * @throws PaymentsRefusedException if a buyer cannot pay; then nothing is set aside for any order
     * @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live payment
     */
    @TwoPhaseBusinessAction(
            name = "payment.open",
            commitMethod = "capture",
            rollbackMethod = "release",
            useTCCFence = true)
    public void open(BusinessActionContext context, List<PaymentRequest> orders) {
        if (orders.isEmpty()) {
            throw new IllegalArgumentException("a Try of no orders");
        }
        payments.open(context.getXid(), context.getBranchId(), PaymentMethod.WALLET, orders);
        List<Refusal> refusals = funds.setAside(orders).refusals();
        if (!refusals.isEmpty()) {
            throw new PaymentsRefusedException(refusals);
        }
    }

    /** Confirm. The orders stay claimed for ever. */
    public boolean capture(BusinessActionContext context) {
        funds.spend(payments.decide(
                context.getXid(), context.getBranchId(), PaymentStatus.OPEN.to(PaymentStatus.CAPTURED)));
        return true;
    }

    /** Cancel. The orders may be paid anew. */
    public boolean release(BusinessActionContext context) {
        SortedMap<BuyerId, Long> amounts =
                payments.decide(context.getXid(), context.getBranchId(), PaymentStatus.OPEN.to(PaymentStatus.RELEASED));
        payments.unclaim(context.getXid(), context.getBranchId());
        funds.giveBack(amounts);
        return true;
    }
}

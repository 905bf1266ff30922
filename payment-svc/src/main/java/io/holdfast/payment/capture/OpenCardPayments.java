package io.holdfast.payment.capture;

import io.holdfast.payment.card.Charges;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.tcc.EmptyRollbackHook;
import io.holdfast.tcc.GiveUp;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.RemoteConfirmStep;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The TCC action {@code payment.card}: the money of one or more orders is taken from cards. It is an action of its own because its
 * Confirm waits for the gateway. The policy of an action holds for all its branches, and wallet payments ({@code payment.open}), which
 * wait for no remote call, must not wait behind card payments.
 *
 * <p>The Try opens the payments and holds nothing. A plain call between the Tries and the decision holds the amount, see the package
 * {@code payment.card}.
 */
@LocalTCC
@Component
@PhaseTwoPolicy(async = true, deadline = "1h")
public class OpenCardPayments implements RemoteConfirmStep, GiveUp, EmptyRollbackHook {

    private static final Logger log = LoggerFactory.getLogger(OpenCardPayments.class);
    private static final int MAX_REASON_LENGTH = 255;

    private final PaymentRepository payments;
    private final Charges charges;

    OpenCardPayments(PaymentRepository payments, Charges charges) {
        this.payments = payments;
        this.charges = charges;
    }

    /**
     * Try.
     *
     * @param orders at least one, with different order ids
     * @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live payment
     */
    @TwoPhaseBusinessAction(
            name = "payment.card",
            commitMethod = "capture",
            rollbackMethod = "release",
            useTCCFence = true)
    public void open(BusinessActionContext context, List<PaymentRequest> orders) {
        if (orders.isEmpty()) {
            throw new IllegalArgumentException("a Try of no orders");
        }
        payments.open(context.getXid(), context.getBranchId(), PaymentMethod.CARD, orders);
    }

    @Override
    public void beforeConfirm(BusinessActionContext context) {
        charges.capture(context.getXid(), context.getBranchId());
    }

    /** Confirm, after the gateway has captured. */
    public boolean capture(BusinessActionContext context) {
        payments.decide(context.getXid(), context.getBranchId(), PaymentStatus.OPEN.to(PaymentStatus.CAPTURED));
        charges.recordCaptures(context.getXid(), context.getBranchId());
        log.info("The payments by card of xid {}, branch {} are CAPTURED", context.getXid(), context.getBranchId());
        return true;
    }

    /** Cancel. What the gateway holds is voided later, so the Cancel does not wait for it. */
    public boolean release(BusinessActionContext context) {
        payments.decide(context.getXid(), context.getBranchId(), PaymentStatus.OPEN.to(PaymentStatus.RELEASED));
        payments.unclaim(context.getXid(), context.getBranchId());
        charges.scheduleVoidOrRefund(context.getXid(), context.getBranchId());
        log.info("The payments by card of xid {}, branch {} are RELEASED", context.getXid(), context.getBranchId());
        return true;
    }

    /** An intent needs the payment of a Try that took effect, so there should be none. If there is one, it is undone. */
    @Override
    public void onEmptyRollback(BusinessActionContext context) {
        charges.scheduleVoidOrRefund(context.getXid(), context.getBranchId());
    }

    /** What the gateway does not answer is left to the void or refund that {@link #giveUp} schedules. */
    @Override
    public void beforeGiveUp(BusinessActionContext context, GiveUpReason reason) {
        charges.settleForGiveUp(context.getXid(), context.getBranchId());
    }

    /**
     * A payment whose charge turned out to be captured is CAPTURED, though its branch is given up: the order is still open, waits
     * for just that, and is completed.
     */
    @Override
    public void giveUp(BusinessActionContext context, GiveUpReason reason) {
        String xid = context.getXid();
        long branchId = context.getBranchId();
        Set<String> captured = charges.capturedOrders(xid, branchId);
        String why = inWords(reason);
        for (String order : payments.ordersOf(xid, branchId)) {
            if (captured.contains(order)) {
                payments.decide(xid, branchId, order, PaymentStatus.OPEN.to(PaymentStatus.CAPTURED), null);
                log.warn("The payment of order {} is CAPTURED after all, found when it was given up", order);
            } else {
                payments.decide(xid, branchId, order, PaymentStatus.OPEN.to(PaymentStatus.GIVEN_UP), why);
                log.warn("The payment of order {} is GIVEN_UP: {}", order, why);
            }
        }
        charges.scheduleVoidOrRefund(xid, branchId);
    }

    private static String inWords(GiveUpReason reason) {
        String words = reason.cause().name().toLowerCase(Locale.ROOT) + ": " + reason.detail();
        return words.length() <= MAX_REASON_LENGTH ? words : words.substring(0, MAX_REASON_LENGTH);
    }
}

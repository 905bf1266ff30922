package io.holdfast.payment.capture;

import io.holdfast.payment.account.Funds;
import io.holdfast.payment.batch.Batches;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.FundsDecision;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.payment.model.PaymentStatus.Step;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
public class OpenPayments {

    private final PaymentMapper payments;
    private final Funds funds;
    private final Batches batches;
    private final Clock clock;

    OpenPayments(PaymentMapper payments, Funds funds, Batches batches, Clock clock) {
        this.payments = payments;
        this.funds = funds;
        this.batches = batches;
        this.clock = clock;
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
        LocalDateTime now = now();
        List<PaymentRow> rows = orders.stream()
                .map(order -> PaymentRow.open(context.getXid(), context.getBranchId(), order, now))
                // Claimed in one order by all, so that two Tries that share orders cannot wait in a circle.
                .sorted(Comparator.comparing(PaymentRow::orderId))
                .toList();
        List<String> ids = rows.stream().map(PaymentRow::orderId).toList();
        if (payments.claim(ids, context.getXid(), context.getBranchId()) != rows.size()
                || payments.insertOpen(rows) != rows.size()) {
            throw new IllegalStateException("I4: not every order got its payment, xid " + context.getXid());
        }
        if (funds.setAside(orders) instanceof FundsDecision.Refused refused) {
            throw new PaymentsRefusedException(refused.refusals());
        }
    }

    /** Confirm. The orders stay claimed for ever. */
    public boolean capture(BusinessActionContext context) {
        funds.spend(decide(context, PaymentStatus.OPEN.to(PaymentStatus.CAPTURED)));
        return true;
    }

    /** Cancel. The orders may be paid anew. */
    public boolean release(BusinessActionContext context) {
        SortedMap<BuyerId, Long> amounts = decide(context, PaymentStatus.OPEN.to(PaymentStatus.RELEASED));
        unclaim(context.getXid(), context.getBranchId());
        funds.giveBack(amounts);
        return true;
    }

    private void unclaim(String xid, long branchId) {
        List<String> ids = payments.ordersOf(xid, branchId);
        int[] unclaimed =
                batches.send(PaymentMapper.class, batched -> ids.forEach(id -> batched.unclaim(id, xid, branchId)));
        if (Arrays.stream(unclaimed).sum() != ids.size()) {
            throw new IllegalStateException("I4: of " + ids.size() + " orders of the branch were claimed by it: "
                    + Arrays.toString(unclaimed) + ", xid " + xid + ", branch " + branchId);
        }
    }

    private SortedMap<BuyerId, Long> decide(BusinessActionContext context, Step step) {
        String xid = context.getXid();
        long branchId = context.getBranchId();
        int decided = payments.decide(xid, branchId, step.from(), step.next(), now());
        // A plain select: sums taken inside the update of the accounts would share-lock these rows.
        List<BuyerSum> sums = payments.sums(xid, branchId);
        int all = sums.stream().mapToInt(BuyerSum::payments).sum();
        if (decided == 0 || decided != all) {
            throw new IllegalStateException("I8: " + decided + " of the branch's " + all + " payments went from " + step
                    + ", xid " + xid + ", branch " + branchId);
        }
        SortedMap<BuyerId, Long> amounts = new TreeMap<>();
        sums.forEach(sum -> amounts.put(new BuyerId(sum.buyerId()), sum.amount()));
        return amounts;
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock).truncatedTo(ChronoUnit.MILLIS);
    }
}

package io.holdfast.payment.capture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.payment.model.PaymentStatus.Step;
import io.holdfast.rows.Batches;
import io.holdfast.tcc.TryMemory;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The payments of a branch, whatever they are paid with. All of it works in the local transaction that is open. */
@Component
class PaymentRepository {

    private final PaymentMapper payments;
    private final Batches batches;
    private final Clock clock;

    /** The payments of a branch never change, so the Confirm can use what the Try of this process knew. */
    private final TryMemory<List<PaymentRequest>> openedHere = new TryMemory<>();

    private final JustCaptured justCaptured = new JustCaptured();

    PaymentRepository(PaymentMapper payments, Batches batches, Clock clock) {
        this.payments = payments;
        this.batches = batches;
        this.clock = clock;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live payment */
    void open(String xid, long branchId, PaymentMethod method, List<PaymentRequest> orders) {
        LocalDateTime now = now();
        List<PaymentRow> rows = orders.stream()
                .map(order -> PaymentRow.open(xid, branchId, method, order, now))
                // Claimed in one order by all, so that two Tries that share orders cannot wait in a circle.
                .sorted(Comparator.comparing(PaymentRow::orderId))
                .toList();
        int[] claimed = batches.send(
                PaymentMapper.class, batched -> rows.forEach(row -> batched.claim(row.orderId(), xid, branchId)));
        int[] inserted = batches.send(PaymentMapper.class, batched -> rows.forEach(batched::insertOpen));
        if (claimed.length != rows.size() || inserted.length != rows.size()) {
            throw new IllegalStateException("I4: not every order got its payment, xid " + xid);
        }
        openedHere.note(xid, branchId, List.copyOf(orders));
    }

    /** @return what the payments come to, by buyer */
    SortedMap<BuyerId, Long> decide(String xid, long branchId, Step step) {
        int decided = payments.decide(xid, branchId, step.from(), step.next(), now());
        List<PaymentRequest> opened = openedHere.take(xid, branchId).orElse(List.of());
        if (decided > 0 && decided == opened.size()) {
            if (step.next() == PaymentStatus.CAPTURED) {
                justCaptured.noteAfterCommit(xid, opened);
            }
            return byBuyer(opened);
        }
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

    /** Cannot overflow: the buyers had that much. */
    private static SortedMap<BuyerId, Long> byBuyer(List<PaymentRequest> opened) {
        SortedMap<BuyerId, Long> amounts = new TreeMap<>();
        opened.forEach(order -> amounts.merge(order.buyer(), order.amount().minor(), Math::addExact));
        return amounts;
    }

    /** @param reason only, and always, for the step to GIVEN_UP */
    void decide(String xid, long branchId, String orderId, Step step, @Nullable String reason) {
        if (payments.decideOne(xid, branchId, orderId, step.from(), step.next(), reason, now()) != 1) {
            throw new IllegalStateException(
                    "I8: the payment of order " + orderId + " did not go from " + step + ", xid " + xid);
        }
    }

    /** The live payment of an order, or else the one that was released last. */
    Optional<PaymentRow> current(OrderId order) {
        return payments.findCurrent(order.value());
    }

    /** Marks a captured payment as refunded. The caller moves the money. */
    LocalDateTime refund(PaymentRow payment) {
        LocalDateTime now = now();
        Step step = payment.status().to(PaymentStatus.REFUNDED);
        if (payments.refund(payment.xid(), payment.branchId(), payment.orderId(), step.from(), step.next(), now) != 1) {
            throw new IllegalStateException("I8: the payment of order " + payment.orderId() + " did not go from " + step
                    + ", xid " + payment.xid());
        }
        return now;
    }

    /** The outcomes of a global transaction by order id. Orders that it holds no payment for are left out. */
    Map<String, List<OrderStatus>> outcomes(String xid, Set<String> orderIds) {
        if (justCaptured.holds(xid, orderIds)) {
            return orderIds.stream()
                    .collect(toMap(id -> id, id -> List.of(new OrderStatus(id, PaymentStatus.CAPTURED, null))));
        }
        return payments.statuses(xid, orderIds).stream().collect(groupingBy(OrderStatus::orderId));
    }

    List<String> ordersOf(String xid, long branchId) {
        return payments.ordersOf(xid, branchId);
    }

    /** The orders may be paid anew. */
    void unclaim(String xid, long branchId) {
        List<String> ids = payments.ordersOf(xid, branchId);
        int[] unclaimed =
                batches.send(PaymentMapper.class, batched -> ids.forEach(id -> batched.unclaim(id, xid, branchId)));
        if (Arrays.stream(unclaimed).sum() != ids.size()) {
            throw new IllegalStateException("I4: of " + ids.size() + " orders of the branch were claimed by it: "
                    + Arrays.toString(unclaimed) + ", xid " + xid + ", branch " + branchId);
        }
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock);
    }
}

package io.holdfast.order.reconciliation;

import io.holdfast.order.downstream.DownstreamStates;
import io.holdfast.order.downstream.DownstreamStates.DownstreamUnavailableException;
import io.holdfast.order.downstream.DownstreamStates.Goods;
import io.holdfast.order.downstream.DownstreamStates.Held;
import io.holdfast.order.downstream.DownstreamStates.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.ClosingOrders;
import io.holdfast.order.store.OrderLists;
import io.holdfast.order.store.OrderLists.Ended;
import io.holdfast.reconciliation.CursorCheck;
import io.holdfast.reconciliation.Finding;
import io.holdfast.reconciliation.Grace;
import io.holdfast.reconciliation.NotCompletedException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * I7: PAID is sold and captured, REJECTED holds nothing, CLOSED is released, and voided or refunded.
 *
 * <p>One difference is set right without doubt: goods that are still held for a CLOSED order are asked for once more. Money is
 * moved for nothing but a decision, so every other difference is for people.
 */
@Component
class OrdersAgree extends CursorCheck<Ended> {

    private static final int PAGE = 200;
    private static final String RELEASED = "RELEASED";

    private final OrderLists lists;
    private final ClosingOrders closing;
    private final DownstreamStates downstream;
    private final Grace grace;
    private final Clock clock;

    OrdersAgree(OrderLists lists, ClosingOrders closing, DownstreamStates downstream, Grace grace, Clock clock) {
        super(PAGE, clock);
        this.lists = lists;
        this.closing = closing;
        this.downstream = downstream;
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "orders-agree";
    }

    @Override
    public String invariant() {
        return "I7";
    }

    @Override
    public String sentence() {
        return "PAID = sold and captured; REJECTED = nothing held; CLOSED = released, and voided or refunded";
    }

    @Override
    protected List<Ended> after(String cursor, int most) {
        int colon = cursor.indexOf(':');
        Instant at = colon < 0 ? Instant.EPOCH : Instant.ofEpochMilli(Long.parseLong(cursor.substring(0, colon)));
        return lists.endedAfter(at, cursor.substring(colon + 1), before(), most);
    }

    @Override
    protected String cursorAt(Ended order) {
        return order.decidedAt().toEpochMilli() + ":" + order.id();
    }

    @Override
    protected List<Ended> named(List<String> ids) {
        return lists.endedBefore(before(), ids.stream().map(OrderId::new).toList());
    }

    @Override
    protected List<Finding> compare(List<Ended> orders) {
        List<Finding> findings = new ArrayList<>();
        Map<OrderId, Held> held = heldBy(orders);
        for (Ended ended : orders) {
            if (ended.order() == null) {
                // There is nothing to compare, and it hides no other one.
                findings.add(
                        new Finding(ended.id().value(), "its rows contradict each other: " + ended.contradiction()));
            } else {
                compare(ended.order(), held.get(ended.id())).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private Map<OrderId, Held> heldBy(List<Ended> orders) {
        try {
            return downstream.of(orders.stream().map(Ended::id).toList());
        } catch (DownstreamUnavailableException e) {
            throw new NotCompletedException(e.getMessage());
        }
    }

    private Optional<Finding> compare(Order order, Held held) {
        List<String> wrong = new ArrayList<>();
        goods(order, held.goods()).ifPresent(wrong::add);
        money(order, held.payment()).ifPresent(wrong::add);
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        String detail = order.status() + ", but " + String.join("; ", wrong);
        boolean goodsAreHeld =
                held.goods().stream().anyMatch(goods -> !goods.status().equals(RELEASED));
        return Optional.of(
                order.status() == OrderStatus.CLOSED && goodsAreHeld
                        ? new Finding(order.id().value(), detail, () -> releaseAgain(order))
                        : new Finding(order.id().value(), detail));
    }

    private static Optional<String> goods(Order order, List<Goods> goods) {
        List<Goods> held =
                goods.stream().filter(each -> !each.status().equals(RELEASED)).toList();
        if (order.status() != OrderStatus.PAID) {
            return held.isEmpty() ? Optional.empty() : Optional.of("stock-svc has " + held);
        }
        Map<String, Long> wanted = new TreeMap<>();
        for (OrderLine line : order.purchase().lines()) {
            wanted.put(line.sku().value(), (long) line.quantity().value());
        }
        Map<String, Long> sold = new TreeMap<>();
        held.stream()
                .filter(each -> each.status().equals("SOLD"))
                .forEach(each -> sold.merge(each.sku(), each.quantity(), Long::sum));
        return sold.equals(wanted) && held.size() == sold.size()
                ? Optional.empty()
                : Optional.of("ordered is " + wanted + " and stock-svc has " + held);
    }

    private static Optional<String> money(Order order, Money payment) {
        boolean right =
                switch (order.status()) {
                    case PAID -> payment != null && payment.status().equals("CAPTURED") && isOf(order, payment);
                    case CLOSED ->
                        payment != null
                                && (payment.status().equals("GIVEN_UP")
                                        || payment.status().equals("REFUNDED"));
                    default -> payment == null;
                };
        return right
                ? Optional.empty()
                : Optional.of("the total is " + order.total() + " and payment-svc has "
                        + (payment == null ? "no payment" : payment));
    }

    private static boolean isOf(Order order, Money payment) {
        return payment.minor() == order.total().minor()
                && payment.currency().equals(order.total().currency())
                && order.purchase().buyer().value().equals(payment.buyer());
    }

    /** stock-svc releases what is there and answers the same if there is nothing, so it may be asked as often as one likes. */
    private String releaseAgain(Order order) {
        closing.releaseAgain(order.id());
        return "stock-svc is asked once more to release the goods";
    }

    private Instant before() {
        return clock.instant().minus(grace.time());
    }
}

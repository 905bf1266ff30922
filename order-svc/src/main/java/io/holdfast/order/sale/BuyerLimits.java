package io.holdfast.order.sale;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.sale.SaleMapper.BuyerRow;
import io.holdfast.order.store.EntryLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Limits what one buyer gets of a sale. Decided in the transaction that enters the orders, whatever caches said before, and from the
 * orders themselves: there is no counter that a refused or closed order would have to be taken off.
 */
@Component
class BuyerLimits implements EntryLimits {

    private final SaleMapper sales;

    BuyerLimits(SaleMapper sales) {
        this.sales = sales;
    }

    /**
     * Locks the buyers of those orders that are of a sale, until the open transaction ends.
     *
     * @return the orders that may be entered, in the order given; of two orders of one buyer the first comes first. None of a sale
     *     that does not sell
     * @throws IllegalStateException if there is no such sale
     */
    @Override
    public List<Order> within(List<Order> orders) {
        List<BuyerRow> buyers = orders.stream()
                .filter(BuyerLimits::counts)
                .map(BuyerLimits::buyerOf)
                .distinct()
                // Everybody locks in the same order, so that nobody deadlocks.
                .sorted(Comparator.comparing(BuyerRow::saleId).thenComparing(BuyerRow::buyerId))
                .toList();
        if (buyers.isEmpty()) {
            return orders;
        }
        sales.lock(buyers);
        Map<BuyerRow, Long> left = new HashMap<>();
        sales.left(buyers).forEach(row -> left.put(new BuyerRow(row.saleId(), row.buyerId()), row.left()));
        List<Order> allowed = new ArrayList<>();
        for (Order order : orders) {
            if (!counts(order)) {
                allowed.add(order);
                continue;
            }
            BuyerRow buyer = buyerOf(order);
            Long before = left.get(buyer);
            if (before == null) {
                throw new IllegalStateException("There is no sale " + buyer.saleId() + " for order " + order.id());
            }
            long after = before - order.purchase().pieces();
            if (after >= 0) {
                left.put(buyer, after);
                allowed.add(order);
            }
        }
        return allowed;
    }

    /** An order that is entered as refused takes nothing. */
    private static boolean counts(Order order) {
        return order.status() != OrderStatus.REJECTED && order.purchase().sale().isPresent();
    }

    private static BuyerRow buyerOf(Order order) {
        return new BuyerRow(
                order.purchase().sale().map(SaleId::value).orElseThrow(),
                order.purchase().buyer().value());
    }
}

package io.holdfast.stock.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which of several orders get what is available. */
public sealed interface Allotment {

    /** How much of each SKU all orders take together; nothing if an order is refused. */
    SortedMap<Sku, Quantity> totals();

    /** Every order that has to be left out, in the order of the list; none if all are granted. */
    List<Refusal> refusals();

    record Granted(SortedMap<Sku, Quantity> totals) implements Allotment {

        @Override
        public List<Refusal> refusals() {
            return List.of();
        }
    }

    /** @param refusals at least one */
    record Refused(List<Refusal> refusals) implements Allotment {

        @Override
        public SortedMap<Sku, Quantity> totals() {
            return Collections.emptySortedMap();
        }
    }

    /**
     * Serves the orders greedily, first come first served: each takes all that it needs from what those before it have left,
     * or is refused and takes nothing. So the same list without the refused orders is granted, as long as the stock stays as
     * it is.
     *
     * @param available by SKU; a SKU that is not in it does not exist
     */
    static Allotment of(List<OrderLines> orders, Map<Sku, Long> available) {
        Map<Sku, Long> left = new HashMap<>(available);
        SortedMap<Sku, Quantity> totals = new TreeMap<>();
        List<Refusal> refusals = new ArrayList<>();
        for (OrderLines order : orders) {
            Optional<Refusal> refusal = refusalOf(order, left);
            if (refusal.isPresent()) {
                refusals.add(refusal.get());
            } else {
                order.lines().forEach((sku, wanted) -> {
                    left.merge(sku, -wanted.value(), Long::sum);
                    // Cannot overflow: together they are at most what is available.
                    totals.merge(sku, wanted, Quantity::plus);
                });
            }
        }
        return refusals.isEmpty() ? new Granted(totals) : new Refused(List.copyOf(refusals));
    }

    private static Optional<Refusal> refusalOf(OrderLines order, Map<Sku, Long> left) {
        for (Map.Entry<Sku, Quantity> line : order.lines().entrySet()) {
            Long available = left.get(line.getKey());
            if (available == null) {
                return Optional.of(Refusal.unknown(order.order(), line.getKey()));
            }
            if (line.getValue().value() > available) {
                return Optional.of(Refusal.outOfStock(order.order(), line.getKey(), line.getValue(), available));
            }
        }
        return Optional.empty();
    }
}

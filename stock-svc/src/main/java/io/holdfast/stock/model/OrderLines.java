package io.holdfast.stock.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one order wants.
 *
 * @param lines at least one, sorted by SKU
 */
public record OrderLines(OrderId order, SortedMap<Sku, Quantity> lines) {

    public OrderLines {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("an order has at least one line");
        }
        lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    }

    public static OrderLines of(OrderId order, Map<Sku, Quantity> lines) {
        return new OrderLines(order, new TreeMap<>(lines));
    }
}

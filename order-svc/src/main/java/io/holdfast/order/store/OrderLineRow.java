package io.holdfast.order.store;

import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import java.util.List;
import java.util.stream.IntStream;

/** A row of the table {@code order_line}. Its currency is the order's. */
record OrderLineRow(String orderId, int lineNo, String sku, int quantity, long unitPriceMinor) {

    /** All lines of an order, numbered from 1. */
    static List<OrderLineRow> of(Order order) {
        List<OrderLine> lines = order.purchase().lines();
        return IntStream.range(0, lines.size())
                .mapToObj(i -> of(order.id().value(), i + 1, lines.get(i)))
                .toList();
    }

    static OrderLineRow of(String orderId, int lineNo, OrderLine line) {
        return new OrderLineRow(
                orderId,
                lineNo,
                line.sku().value(),
                line.quantity().value(),
                line.unitPrice().minor());
    }

    OrderLine toLine(String currency) {
        return new OrderLine(new Sku(sku), new Quantity(quantity), new Money(unitPriceMinor, currency));
    }
}

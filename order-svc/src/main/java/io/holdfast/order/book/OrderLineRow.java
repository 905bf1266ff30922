package io.holdfast.order.book;

import io.holdfast.order.model.Money;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;

/** A row of the table {@code order_line}. Its currency is the order's. */
record OrderLineRow(String orderId, int lineNo, String sku, int quantity, long unitPriceMinor) {

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

package io.holdfast.order.admission;

import io.holdfast.order.store.SaleBook.OrderKey;

/** How a slot is named in Redis. Neither part can have a space in it. */
final class SlotKey {

    private SlotKey() {}

    static String of(OrderKey order) {
        return order.buyer() + ' ' + order.idempotencyKey();
    }

    static OrderKey parse(String field) {
        int space = field.indexOf(' ');
        return new OrderKey(field.substring(0, space), field.substring(space + 1));
    }
}

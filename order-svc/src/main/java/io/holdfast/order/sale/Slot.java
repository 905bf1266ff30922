package io.holdfast.order.sale;

import io.holdfast.order.sale.SaleRepository.OrderKey;

/**
 * What Redis keeps of one admission, under a field that names the order.
 *
 * @param since in milliseconds since 1970; 0 if it was added from the database
 */
record Slot(int pieces, long since, String instance) {

    /** The value for the key of an order that holds nothing. */
    static final String NOTHING = "0:0:-";

    static Slot parse(String value) {
        String[] parts = value.split(":", 3);
        return new Slot(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
    }

    /** Neither the buyer nor the key can have a space in it. */
    static String fieldOf(OrderKey order) {
        return order.buyer() + ' ' + order.idempotencyKey();
    }

    static OrderKey orderOf(String field) {
        int space = field.indexOf(' ');
        return new OrderKey(field.substring(0, space), field.substring(space + 1));
    }
}

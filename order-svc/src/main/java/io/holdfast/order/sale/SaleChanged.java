package io.holdfast.order.sale;

import io.holdfast.order.model.Sale;

/**
 * Event: a sale has changed its stage or its times. Published in this instance only, after the change is stored.
 *
 * @param sale as it is now
 */
record SaleChanged(Sale sale) {}

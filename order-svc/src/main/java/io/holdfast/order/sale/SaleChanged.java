package io.holdfast.order.sale;

import io.holdfast.order.model.Sale;

/**
 * A sale is at another stage, or has other times, than a moment ago. Told in this instance only, after the change is written down.
 *
 * @param sale as it is now
 */
public record SaleChanged(Sale sale) {}

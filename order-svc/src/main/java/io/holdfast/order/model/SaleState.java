package io.holdfast.order.model;

/** What a sale is at one moment, for whoever looks at it. */
public enum SaleState {
    PREPARING,
    SCHEDULED,
    OPEN,
    PAUSED,
    CLOSED,
    REFUSED
}

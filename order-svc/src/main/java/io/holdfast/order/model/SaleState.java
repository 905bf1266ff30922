package io.holdfast.order.model;

/** The state of a sale at one moment, as callers see it. */
public enum SaleState {
    PREPARING,
    SCHEDULED,
    OPEN,
    PAUSED,
    CLOSED,
    REFUSED
}

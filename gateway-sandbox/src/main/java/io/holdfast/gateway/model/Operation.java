package io.holdfast.gateway.model;

/** What can be asked of the gateway that changes something. */
public enum Operation {
    AUTHORIZE,
    CAPTURE,
    VOID,
    REFUND
}

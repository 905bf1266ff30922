package io.holdfast.gateway.behaviour;

/** The calls that a rule is about. */
enum Target {
    AUTHORIZE,
    CAPTURE,
    VOID,
    REFUND,
    /** A look at one charge or several. */
    QUERY,
    ANY
}

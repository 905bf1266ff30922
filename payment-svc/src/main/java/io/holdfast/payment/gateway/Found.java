package io.holdfast.payment.gateway;

/** What a query came to. */
public sealed interface Found {

    record Charge(GatewayCharge charge) implements Found {}

    /** The gateway knows no such charge, so far: a request that is still under way may make one. */
    record NoCharge() implements Found {}

    /** @param why for logs */
    record Unknown(String why) implements Found {}
}

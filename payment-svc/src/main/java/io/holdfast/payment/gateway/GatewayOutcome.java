package io.holdfast.payment.gateway;

import org.jspecify.annotations.Nullable;

/** What became of a request that changes something. */
public sealed interface GatewayOutcome {

    /** @param charge as it was right after the request took effect, which may be long ago if the key was used before */
    record Done(GatewayCharge charge) implements GatewayOutcome {}

    /**
     * It had no effect, and under the same key it never will.
     *
     * @param code the gateway's stable word, such as {@code insufficient-funds}
     * @param chargeId the charge that it is about, if the gateway names one
     */
    record Refused(String code, @Nullable String chargeId) implements GatewayOutcome {}

    /**
     * It may have taken effect or may still do so. Only a query tells.
     *
     * @param why for logs; it never holds what was sent
     */
    record Unknown(String why) implements GatewayOutcome {}
}

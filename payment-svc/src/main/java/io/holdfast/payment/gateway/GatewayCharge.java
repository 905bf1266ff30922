package io.holdfast.payment.gateway;

import io.holdfast.payment.model.Money;
import org.jspecify.annotations.Nullable;

/**
 * A charge as the gateway describes it.
 *
 * @param id the gateway's name for it
 * @param reference what we named it with when it was authorized, the order id; null if the gateway did not say
 * @param declineCode why it was declined; null unless it was
 * @param amount null if the gateway did not say
 */
public record GatewayCharge(
        String id,
        @Nullable String reference,
        State state,
        @Nullable String declineCode,
        @Nullable Money amount) {

    /** The gateway's words for what a charge is. */
    public enum State {
        AUTHORIZED,
        CAPTURED,
        VOIDED,
        REFUNDED,
        DECLINED
    }
}

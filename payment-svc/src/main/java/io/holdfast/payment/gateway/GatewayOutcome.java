package io.holdfast.payment.gateway;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The outcome of a request that changes something. */
public sealed interface GatewayOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(Function<Done, T> done, Function<Refused, T> refused, Function<Unknown, T> unknown);

    /** Whether it is certain what became of the request. */
    default boolean isKnown() {
        return fold(done -> true, refused -> true, unknown -> false);
    }

    /** @param charge as it was right after the request took effect, which may be long ago if the key was used before */
    record Done(GatewayCharge charge) implements GatewayOutcome {

        @Override
        public <T> T fold(Function<Done, T> done, Function<Refused, T> refused, Function<Unknown, T> unknown) {
            return done.apply(this);
        }
    }

    /**
     * It had no effect, and under the same key it never will.
     *
     * @param code the gateway's stable word, such as {@code insufficient-funds}
     * @param chargeId the charge that it is about, if the gateway names one
     */
    record Refused(String code, @Nullable String chargeId) implements GatewayOutcome {

        @Override
        public <T> T fold(Function<Done, T> done, Function<Refused, T> refused, Function<Unknown, T> unknown) {
            return refused.apply(this);
        }
    }

    /**
     * It may have taken effect or may still do so. Only a query can tell.
     *
     * @param why for logs; it never holds what was sent
     */
    record Unknown(String why) implements GatewayOutcome {

        @Override
        public <T> T fold(Function<Done, T> done, Function<Refused, T> refused, Function<Unknown, T> unknown) {
            return unknown.apply(this);
        }
    }
}

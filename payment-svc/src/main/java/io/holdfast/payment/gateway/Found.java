package io.holdfast.payment.gateway;

import java.util.function.Function;

/** The result of a query. */
public sealed interface Found {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(Function<Charge, T> charge, Function<NoCharge, T> noCharge, Function<Unknown, T> unknown);

    record Charge(GatewayCharge charge) implements Found {

        @Override
        public <T> T fold(Function<Charge, T> charge, Function<NoCharge, T> noCharge, Function<Unknown, T> unknown) {
            return charge.apply(this);
        }
    }

    /** The gateway knows no such charge, so far: a request that is still under way may make one. */
    record NoCharge() implements Found {

        @Override
        public <T> T fold(Function<Charge, T> charge, Function<NoCharge, T> noCharge, Function<Unknown, T> unknown) {
            return noCharge.apply(this);
        }
    }

    /** @param why for logs */
    record Unknown(String why) implements Found {

        @Override
        public <T> T fold(Function<Charge, T> charge, Function<NoCharge, T> noCharge, Function<Unknown, T> unknown) {
            return unknown.apply(this);
        }
    }
}

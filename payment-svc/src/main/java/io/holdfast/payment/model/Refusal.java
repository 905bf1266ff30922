package io.holdfast.payment.model;

/**
 * Why an order was left out.
 *
 * @param availableMinor what the order could have had in its place of the list, in minor units of the account's currency
 */
public record Refusal(OrderId order, Reason reason, String detail, long availableMinor) {

    public enum Reason {
        INSUFFICIENT_FUNDS("insufficient-funds"),
        INVALID_ORDER("invalid-order");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        /** The stable code that callers see. */
        public String code() {
            return code;
        }
    }
}

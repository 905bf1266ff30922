package io.holdfast.order.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Why an order was not carried out. It is kept with the order, so that whoever asks again gets the same answer.
 *
 * @param detail a sentence for the buyer
 */
public record Rejection(Reason reason, String detail) {

    private static final int MAX_CHARACTERS = 500;

    public Rejection {
        if (detail.length() > MAX_CHARACTERS) {
            detail = detail.substring(0, MAX_CHARACTERS);
        }
    }

    public static Rejection soldOut(Sku sku) {
        return new Rejection(Reason.OUT_OF_STOCK, "SKU " + sku.plain() + " is sold out.");
    }

    public static Rejection unavailable() {
        return new Rejection(
                Reason.SERVICE_UNAVAILABLE,
                "A service that this order needs did not answer, so it was not carried out: nothing is reserved and nothing"
                        + " was paid. Please order again, with a new Idempotency-Key.");
    }

    public static Rejection abandoned() {
        return new Rejection(
                Reason.ABANDONED,
                "Placing this order was interrupted, so it was not carried out: nothing is reserved and nothing was paid."
                        + " Please order again, with a new Idempotency-Key.");
    }

    public static Rejection rolledBack() {
        return new Rejection(
                Reason.ROLLED_BACK,
                "This order was not decided in time and was rolled back: nothing is reserved and nothing was paid. Please"
                        + " order again, with a new Idempotency-Key.");
    }

    /** The kinds of reasons, with the words that programs go by. */
    public enum Reason {
        OUT_OF_STOCK("out-of-stock"),
        INSUFFICIENT_FUNDS("insufficient-funds"),
        /** The card's issuer said no. */
        PAYMENT_DECLINED("payment-declined"),
        /** A downstream service knows why this order makes no sense: an unknown SKU, another currency than the account's. */
        INVALID_ORDER("invalid-order"),
        /** A downstream service or the coordinator did not answer. The truth was unknown, and was made certain by a rollback. */
        SERVICE_UNAVAILABLE("service-unavailable"),
        /** Whoever placed it died before the Try of the order itself. */
        ABANDONED("abandoned"),
        /** The coordinator rolled it back of its own accord: its time was up. */
        ROLLED_BACK("rolled-back");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }

        /** Whether the same order would be refused by services that are all there: then its buyer may know better than to repeat it. */
        public boolean isTheOrders() {
            return switch (this) {
                case OUT_OF_STOCK, INSUFFICIENT_FUNDS, PAYMENT_DECLINED, INVALID_ORDER -> true;
                case SERVICE_UNAVAILABLE, ABANDONED, ROLLED_BACK -> false;
            };
        }

        public static Optional<Reason> of(String code) {
            return Arrays.stream(values())
                    .filter(reason -> reason.code.equals(code))
                    .findFirst();
        }
    }
}

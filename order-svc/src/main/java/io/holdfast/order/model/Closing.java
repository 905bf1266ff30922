package io.holdfast.order.model;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an order that was decided came to an end all the same.
 *
 * @param reason for people: what payment-svc said, or the buyer
 * @param since when the order began to be closed
 * @param paidAt when it had become PAID; null if it never was
 * @param releasedAt when stock-svc released its goods, by that service's clock; null until that is known
 * @param refundedAt when payment-svc gave its money back or wrote down that it has to be given back, by that service's clock; null
 *     until that is known, and if no money was taken
 */
public record Closing(
        Cause cause,
        String reason,
        Instant since,
        @Nullable Instant paidAt,
        @Nullable Instant releasedAt,
        @Nullable Instant refundedAt) {

    private static final int MAX_CHARACTERS = 500;

    /** No numbers, no quotes, nothing in brackets: no id and no host is made of these. */
    private static final Pattern PLAIN_WORDS = Pattern.compile("[A-Za-z, ]+\\.");

    /** As names of classes and constants have them, and words do not. */
    private static final Pattern CAPITAL_WITHIN_A_WORD = Pattern.compile("[A-Za-z][A-Z]");

    public Closing {
        reason = shortened(reason);
        if (cause != Cause.CANCELLED && (paidAt != null || refundedAt != null)) {
            throw new IllegalArgumentException("An order is closed, " + cause + ", and is said to have been paid");
        }
    }

    /**
     * The reason as its buyer may read it. What payment-svc says of a payment is written for operators, after the word for the cause,
     * and may name machines, classes and other orders; so nothing of it is shown but that cause, unless it is a sentence of plain
     * words.
     */
    public String reasonForBuyer() {
        if (cause == Cause.CANCELLED || isPlain(reason)) {
            return reason;
        }
        if (reason.startsWith("refused:")) {
            return "The payment was refused for good.";
        }
        return reason.startsWith("deadline:")
                ? "The payment could not be taken in time."
                : "The payment could not be taken.";
    }

    private static boolean isPlain(String text) {
        return PLAIN_WORDS.matcher(text).matches()
                && !CAPITAL_WITHIN_A_WORD.matcher(text).find();
    }

    /** A reason as long as it is kept. */
    public static String shortened(String reason) {
        return reason.length() <= MAX_CHARACTERS ? reason : reason.substring(0, MAX_CHARACTERS);
    }

    /** The causes, with the words that programs go by. */
    public enum Cause {
        /** Its payment was given up, so its goods go back. */
        PAYMENT_GIVEN_UP("payment-given-up"),
        /** It was paid and its buyer gave it up, so goods and money go back. */
        CANCELLED("cancelled");

        private final String code;

        Cause(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }

        public static Optional<Cause> of(String code) {
            return Arrays.stream(values())
                    .filter(cause -> cause.code.equals(code))
                    .findFirst();
        }
    }
}

package io.holdfast.payment.model;

import java.util.regex.Pattern;

/** The gateway's token for a card. It is passed on and never stored. */
public record CardToken(String value) {

    public static final String FORM = "tok_[A-Za-z0-9_-]{1,60}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public CardToken {
        if (!PATTERN.matcher(value).matches()) {
            // Without the value: this text goes to the caller and into logs.
            throw new IllegalArgumentException("is not a card token");
        }
    }

    /** Shows nothing: a token must not get into a log by accident. */
    @Override
    public String toString() {
        return "tok_***";
    }
}

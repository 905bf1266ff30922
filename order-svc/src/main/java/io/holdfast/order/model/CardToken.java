package io.holdfast.order.model;

import java.util.regex.Pattern;

/** What stands for a card. It is handed on while its order is being placed, and it is no part of the order: nobody keeps it. */
public record CardToken(String value) {

    private static final Pattern FORM = Pattern.compile("tok_[A-Za-z0-9_-]{1,60}");

    public CardToken {
        if (!FORM.matcher(value).matches()) {
            // Without the value: this text goes to the buyer and into logs.
            throw new InvalidValueException("must be tok_ and 1 to 60 characters out of A-Z a-z 0-9 _ -");
        }
    }

    /** Shows nothing: a token must not get into a log by accident. */
    @Override
    public String toString() {
        return "tok_***";
    }
}
